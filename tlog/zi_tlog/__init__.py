"""The mathematics and the formats of the transparency log: tree, tile, note, checkpoint, cosignature, witness, policy, proof,
promise, evidence; pure, so that a writer, a server and a stranger's verifier compute the same."""

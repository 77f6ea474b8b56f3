// Command xmod replays a log in a folder (c2sp.org/tlog-tiles) with golang.org/x/mod/sumdb, as a measure for zi-verify: the note, every
// tile against the signed root, every entry against its leaf. It knows no senders and no chains.
//
//	xmod FOLDER VKEY
package main

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8
const full = 1 << height

// folder reads tiles where tlog-tiles puts them: without the height that x/mod has in its paths.
type folder string

func (dir folder) Height() int                     { return height }
func (dir folder) SaveTiles([]tlog.Tile, [][]byte) {}
func (dir folder) read(path string) ([]byte, error) {
	return os.ReadFile(filepath.Join(string(dir), path))
}
func (dir folder) ReadTiles(tiles []tlog.Tile) ([][]byte, error) {
	data := make([][]byte, len(tiles))
	for i, tile := range tiles {
		var err error
		if data[i], err = dir.read(path(strconv.Itoa(tile.L), tile.N, tile.W)); err != nil {
			return nil, err
		}
	}
	return data, nil
}

func path(level string, n int64, width int) string {
	digits := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		digits = fmt.Sprintf("x%03d/%s", n%1000, digits)
	}
	if width < full {
		digits += ".p/" + strconv.Itoa(width)
	}
	return "tile/" + level + "/" + digits
}

func head(dir folder, vkey string) (tlog.Tree, error) {
	var tree tlog.Tree
	verifier, err := note.NewVerifier(vkey)
	if err != nil {
		return tree, err
	}
	data, err := dir.read("checkpoint")
	if err != nil {
		return tree, err
	}
	signed, err := note.Open(data, note.VerifierList(verifier))
	if err != nil {
		return tree, err
	}
	lines := strings.Split(signed.Text, "\n")
	if len(lines) < 4 {
		return tree, fmt.Errorf("this is no checkpoint")
	}
	if tree.N, err = strconv.ParseInt(lines[1], 10, 64); err != nil {
		return tree, err
	}
	tree.Hash, err = tlog.ParseHash(lines[2])
	return tree, err
}

func replay(dir folder, tree tlog.Tree) error {
	reader := tlog.TileHashReader(tree, dir)
	for first := int64(0); first < tree.N; first += full {
		width := int64(full)
		if tree.N-first < width {
			width = tree.N - first
		}
		indexes := make([]int64, width)
		for i := range indexes {
			indexes[i] = tlog.StoredHashIndex(0, first+int64(i))
		}
		leaves, err := reader.ReadHashes(indexes)
		if err != nil {
			return err
		}
		bundle, err := dir.read(path("entries", first/full, int(width)))
		if err != nil {
			return err
		}
		for i, leaf := range leaves {
			if len(bundle) < 2 || len(bundle) < 2+int(binary.BigEndian.Uint16(bundle)) {
				return fmt.Errorf("the bundle of entry %d is cut off", first+int64(i))
			}
			end := 2 + int(binary.BigEndian.Uint16(bundle))
			if tlog.RecordHash(bundle[2:end]) != leaf {
				return fmt.Errorf("entry %d is not in the tree", first+int64(i))
			}
			bundle = bundle[end:]
		}
	}
	return nil
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: xmod FOLDER VKEY")
		os.Exit(2)
	}
	dir := folder(os.Args[1])
	tree, err := head(dir, os.Args[2])
	if err == nil {
		err = replay(dir, tree)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println(tree.N)
}

"use strict"
// Checks the proof of the case on this page by the ledger's own checker (check.js), in the browser. The proof comes from the office and goes
// nowhere. Whatever does not go to its end has its own sentence, and none of these says that anything holds.

;(async () => {
  const box = document.getElementById("proof-check")
  if (!box) return
  const answer = box.querySelector("[role=status]")
  const button = box.querySelector("button")
  const say = (status) => (answer.textContent = box.dataset[status] ?? box.dataset.broken)

  const able = typeof check === "function" && typeof canCheck === "function" && (await canCheck().catch(() => false))
  if (!able) return say("unable")
  say("ready")
  button.hidden = false

  /** The status of the report; a proof that lacks a step of this page is of another case, or was shortened. */
  function statusOf(report) {
    const proven = new Set(report.entries.map(({ id }) => id))
    const lacking = box.dataset.steps.split(" ").some((step) => step && !proven.has(step))
    if (report.status !== "NOTHING_CHECKED" && lacking) return "lacking"
    return report.status.toLowerCase()
  }

  button.addEventListener("click", async () => {
    button.disabled = true
    say("working")
    try {
      const fetched = await fetch(box.dataset.evidence, { cache: "no-store", redirect: "error" })
      if (!fetched.ok) throw new Error("no proof")
      const file = new File([await fetched.blob()], "evidence.zip")
      const now = Math.floor(Date.now() / 1000)
      const report = await check({ files: [file], letter: "", pinned: "", policy: "", letterKey: "", now, progress: () => {} })
      box.dataset.status = statusOf(report)
      say(box.dataset.status)
    } catch {
      box.dataset.status = "broken"
      say("broken")
    }
    button.disabled = false
  })
})()

"use strict"
// Makes a photo smaller on the device before it is sent, which spares a slow line and leaves its place and device data behind.
// Whatever can't be read here (HEIC, PDF, an old browser) is sent as it is: the office makes it smaller and strips it all the same.

;(() => {
  const LONGEST_SIDE = 2000
  const QUALITY = 0.85
  const SMALL = 1_000_000 // a screenshot below this stays as sharp as it is

  async function smaller(file) {
    if (file.type !== "image/jpeg" && (!["image/png", "image/webp"].includes(file.type) || file.size < SMALL)) return file
    const picture = await createImageBitmap(file)
    const scale = Math.min(1, LONGEST_SIDE / Math.max(picture.width, picture.height))
    const canvas = document.createElement("canvas")
    canvas.width = Math.max(1, Math.round(picture.width * scale))
    canvas.height = Math.max(1, Math.round(picture.height * scale))
    const context = canvas.getContext("2d")
    context.fillStyle = "#fff"
    context.fillRect(0, 0, canvas.width, canvas.height)
    context.drawImage(picture, 0, 0, canvas.width, canvas.height)
    picture.close()
    const blob = await new Promise((give) => canvas.toBlob(give, "image/jpeg", QUALITY))
    return blob ? new File([blob], "photo.jpg", { type: "image/jpeg" }) : file
  }

  for (const input of document.querySelectorAll('input[type="file"][name="file"]')) {
    const buttons = [...input.form.querySelectorAll("button")]
    input.addEventListener("change", async () => {
      buttons.forEach((button) => (button.disabled = true))
      try {
        const chosen = new DataTransfer()
        for (const file of input.files) chosen.items.add(await smaller(file))
        input.files = chosen.files
      } catch {
        /* it is sent as it is */
      }
      buttons.forEach((button) => (button.disabled = false))
    })
  }
})()

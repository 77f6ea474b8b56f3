"use strict"
// Offers notices on this browser, where it can show them and the office sends them. Nothing is asked before the button is pressed.
// Without this script the page of the case works the same and offers no such notices.

;(async () => {
  const form = document.getElementById("web-push")
  if (!form || !("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) return
  const answer = await fetch(form.dataset.key).catch(() => null)
  if (!answer?.ok) return
  const key = await answer.text()
  form.hidden = false

  const decoded = (text) => Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (sign) => sign.charCodeAt(0))
  const failed = document.getElementById("web-push-failed")

  // A browser subscribes by a worker that runs, and this page is not under it.
  const running = (registration) =>
    new Promise((resolve, reject) => {
      const worker = registration.active || registration.waiting || registration.installing
      const look = () => {
        if (worker.state === "activated") resolve(registration)
        if (worker.state === "redundant") reject(new Error("no worker"))
      }
      worker.addEventListener("statechange", look)
      look()
    })

  async function subscribed() {
    const registration = await running(await navigator.serviceWorker.register(form.dataset.worker))
    const options = { userVisibleOnly: true, applicationServerKey: decoded(key) }
    try {
      return await registration.pushManager.subscribe(options)
    } catch {
      await (await registration.pushManager.getSubscription())?.unsubscribe() // made under a key that the office has no more
      return registration.pushManager.subscribe(options)
    }
  }

  form.addEventListener("submit", async (event) => {
    event.preventDefault()
    try {
      if ((await Notification.requestPermission()) !== "granted") throw new Error("not allowed")
      const { endpoint, keys } = (await subscribed()).toJSON()
      form.elements.endpoint.value = endpoint
      form.elements.p256dh.value = keys.p256dh
      form.elements.auth.value = keys.auth
      form.submit()
    } catch {
      failed.hidden = false
    }
  })
})()

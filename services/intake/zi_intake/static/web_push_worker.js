"use strict"
// Shows a notice of the office that came while no page was open. It names no case, because others see the screen; a press on it leads to where ticket
// and code are typed. It reads no page and keeps nothing.

addEventListener("push", (event) => {
  const { title, text, lang, tag } = event.data.json()
  event.waitUntil(registration.showNotification(title, { body: text, lang, tag, renotify: true }))
})

addEventListener("notificationclick", (event) => {
  event.notification.close()
  event.waitUntil(clients.openWindow("/track"))
})

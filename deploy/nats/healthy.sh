#!/bin/sh
# Health of NATS in compose, with the folder of its streams. After a full disk a stream refuses every message until the server starts again, also when
# there is room again. Then the server is ended here, and compose starts it; nothing is lost, because the stores publish what the streams lack.
answer=$(printf 'GET /healthz HTTP/1.0\r\n\r\n' | nc -w 4 127.0.0.1 "${ZI_NATS_MONITOR:-8222}")
case $answer in
*'"status":"ok"'*) exit 0 ;;
*'write error'*) [ "$(df -Pk "$1" | awk 'NR == 2 { print $4 }')" -lt 65536 ] || kill "${ZI_NATS_PID:-1}" ;;
esac
exit 1

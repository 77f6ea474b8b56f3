-- One complaint of an invented person, filed again and again; the service gives each its own key.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [[{"kind":"product","confidentiality":"named","language":"id","district":"tarakan",
"text":"Sambal ini dijual di pelabuhan tanpa izin edar dan tutupnya sudah rusak. Baunya asam dan warnanya berubah sejak minggu lalu.",
"reporter":{"name":"Warga Contoh Satu","phone":"+62 811 0000 0000"},
"product":{"commodity":"pangan_olahan","name":"Sambal Contoh","registration_number":"MD 123456789012","batch":"A1"},
"place":{"name":"Toko Contoh","address":"Jalan Contoh 1, Tarakan"}}]]

done = function(summary, latency, requests)
  io.write(string.format(
    'JSON {"requests":%d,"seconds":%.6f,"p50_ms":%.3f,"p99_ms":%.3f,"max_ms":%.3f,"failed":%d}\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3, latency.max / 1e3,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status + summary.errors.timeout))
end

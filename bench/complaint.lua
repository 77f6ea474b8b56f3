-- One complaint of an invented person, filed again and again; the service gives each its own key.
wrk.method = "POST"
wrk.headers["Content-Type"] = "application/json"
wrk.body = [[{"kind":"product","confidentiality":"named","language":"id","district":"tarakan",
"text":"Sambal ini dijual di pelabuhan tanpa izin edar dan tutupnya sudah rusak. Baunya asam dan warnanya berubah sejak minggu lalu.",
"reporter":{"name":"Warga Contoh Satu","phone":"+62 811 0000 0000"},
"product":{"commodity":"pangan_olahan","name":"Sambal Contoh","registration_number":"MD 123456789012","batch":"A1"},
"place":{"name":"Toko Contoh","address":"Jalan Contoh 1, Tarakan"}}]]

dofile("bench/summary.lua")

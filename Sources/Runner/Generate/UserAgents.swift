/// Browsers with their weights, and the machines that click: ready-quoted CSV fields.
struct UserAgents {
  let browsers: [[UInt8]]
  let browser: Picker
  let bots: [[UInt8]]

  init() {
    var list: [(String, Int)] = []
    for (index, version) in [143, 142, 141, 140, 138, 131].enumerated() {
      let weight = 300 / (index + 1)
      let tail = "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/\(version).0.0.0"
      list += [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) \(tail) Safari/537.36", weight),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) \(tail) Safari/537.36", weight / 2),
        ("Mozilla/5.0 (Linux; Android 10; K) \(tail) Mobile Safari/537.36", weight),
        (
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64) \(tail) Safari/537.36 Edg/\(version).0.0.0",
          weight / 4
        ),
        ("Mozilla/5.0 (X11; Linux x86_64) \(tail) Safari/537.36", weight / 20),
      ]
    }
    for (index, version) in ["26.0", "18.6", "18.5", "17.6", "16.6"].enumerated() {
      let system = version.split(separator: ".").joined(separator: "_")
      let tail = "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/\(version)"
      list += [
        (
          "Mozilla/5.0 (iPhone; CPU iPhone OS \(system) like Mac OS X) \(tail) Mobile/15E148 "
            + "Safari/604.1", 600 / (index + 1)
        ),
        (
          "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) \(tail) Safari/605.1.15",
          150 / (index + 1)
        ),
      ]
    }
    for version in [144, 143, 140] {
      list += [
        (
          "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:\(version).0) Gecko/20100101 "
            + "Firefox/\(version).0", 60
        ),
        (
          "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:\(version).0) Gecko/20100101 "
            + "Firefox/\(version).0", 20
        ),
      ]
    }
    browsers = list.map { RowBytes.quoted($0.0) }
    browser = Picker(weights: list.map(\.1))
    bots = [
      "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
      "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
      "Mozilla/5.0 (compatible; YandexBot/3.0; +http://yandex.com/bots)",
      "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; "
        + "+https://openai.com/gptbot)",
      "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
      "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) "
        + "HeadlessChrome/141.0.0.0 Safari/537.36",
      "curl/8.14.1", "Wget/1.25.0", "python-requests/2.32.5", "Apache-HttpClient/4.5.14 (Java/21)",
      "Baiduspider/2.0", "Yahoo! Slurp", "Mozilla/5.0 (compatible; SomeCrawler/1.0)",
      "SkypeUriPreview Preview/0.5", "",
    ].map(RowBytes.quoted)
  }
}

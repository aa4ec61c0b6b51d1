using System.Net;
using System.Text.RegularExpressions;

namespace Agency.Operations.Tests.Authorization;

/// <summary>What a browser does with forms: keeps cookies, sends the fields that the page holds, and goes nowhere by itself.</summary>
public sealed partial class Browser(Uri address) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, CookieContainer = new CookieContainer() }) { BaseAddress = address };

    /// <summary>The page that was fetched last.</summary>
    public string Html { get; private set; } = "";

    public Task<HttpResponseMessage> GetAsync(string url, params (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url);
        foreach (var (name, value) in headers)
        {
            request.Headers.Add(name, value);
        }

        return SendAsync(request);
    }

    /// <summary>Sends the hidden fields of the page's form for this action, and those given; one that is given as an empty text is left out.</summary>
    public Task<HttpResponseMessage> SubmitAsync(string action, params (string Name, string Value)[] fields)
    {
        var form = Html.Split("<form ").First(part => part.Split('>')[0].Contains($"action=\"{action}\"", StringComparison.Ordinal)).Split("</form>")[0];
        var all = Hidden().Matches(form).ToDictionary(m => m.Groups[1].Value, m => WebUtility.HtmlDecode(m.Groups[2].Value));
        foreach (var (name, value) in fields)
        {
            all[name] = value;
        }

        return SendAsync(new HttpRequestMessage(HttpMethod.Post, action) { Content = new FormUrlEncodedContent(all.Where(pair => pair.Value.Length > 0)) });
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request)
    {
        var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        Html = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return answer;
    }

    [GeneratedRegex("<input (?:type=\"hidden\" )?name=\"([^\"]+)\"(?: type=\"hidden\")? value=\"([^\"]*)\"")]
    private static partial Regex Hidden();
}

using System.Security.Cryptography;
using Agency.Data;
using Agency.ServiceDefaults.Identity;
using Microsoft.Extensions.Options;

namespace Agency.Testing.Mcp;

/// <summary>Key pairs of one test's agency, and the tokens that its two issuers sign.</summary>
public sealed class TestTokens : IDisposable
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    private readonly ECDsa _operations = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly ECDsa _scheduler = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public TestTokens(TimeProvider? time = null)
    {
        Operations = Issuer(_operations, time ?? TimeProvider.System);
        Scheduler = Issuer(_scheduler, time ?? TimeProvider.System);
    }

    public TokenIssuer Operations { get; }

    public TokenIssuer Scheduler { get; }

    public string OperationsSigningKey => _operations.ExportPkcs8PrivateKeyPem();

    public string SchedulerSigningKey => _scheduler.ExportPkcs8PrivateKeyPem();

    /// <summary>The settings that every server of this agency shares: public keys and public addresses.</summary>
    public IReadOnlyDictionary<string, string?> Settings => new Dictionary<string, string?>
    {
        ["Tokens:PublicKeys:operations"] = _operations.ExportSubjectPublicKeyInfoPem(),
        ["Tokens:PublicKeys:scheduler"] = _scheduler.ExportSubjectPublicKeyInfoPem(),
        ["Servers:operations"] = BaseAddress("operations"),
        ["Servers:context"] = BaseAddress("context"),
        ["Servers:health"] = BaseAddress("health"),
    };

    /// <summary>A public address: the audience is made of it, whatever port the server under test listens on.</summary>
    public static string BaseAddress(string server) => $"http://{server}.agency.test";

    public static string Audience(string server) => BaseAddress(server) + "/mcp";

    public string Operator(string server) => Operations.Issue(TokenRequest.ForOperator("test", Hour, [Audience(server)])).Token;

    public string Viewer(string server) => Operations.Issue(TokenRequest.ForViewer("test", Hour, [Audience(server)])).Token;

    public string Company(string server, string company, bool canWrite = true) =>
        Operations.Issue(TokenRequest.ForCompany(new CompanyId(company), canWrite, "test", Hour, [Audience(server)])).Token;

    public string Run(string server, string company, RunId run, params string[] tools) =>
        Scheduler.Issue(TokenRequest.ForRun(new CompanyId(company), run, tools, Hour, Audience(server))).Token;

    public void Dispose()
    {
        _operations.Dispose();
        _scheduler.Dispose();
    }

    private TokenIssuer Issuer(ECDsa key, TimeProvider time)
    {
        var options = new TokenOptions { SigningKey = key.ExportPkcs8PrivateKeyPem() };
        options.PublicKeys["operations"] = _operations.ExportSubjectPublicKeyInfoPem();
        options.PublicKeys["scheduler"] = _scheduler.ExportSubjectPublicKeyInfoPem();
        return new TokenIssuer(Options.Create(options), time);
    }
}

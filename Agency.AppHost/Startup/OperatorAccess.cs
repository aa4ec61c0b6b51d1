using System.Globalization;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;

namespace Agency.AppHost.Startup;

/// <summary>Tokens and console links for the person at this machine, made by Operations' own commands.</summary>
internal sealed class OperatorAccess(LocalRun local, DistributedApplicationModel model, DistributedApplicationExecutionContext context) : IDisposable
{
    public const string OperatorTokenFile = "operator.token";

    private static readonly HttpClient Http = new() { Timeout = TimeSpan.FromSeconds(10) };

    private readonly SemaphoreSlim _gate = new(1, 1);
    private OperationsProgram? _program;

    /// <summary>An address that signs an operator in to the console once, within the given time.</summary>
    /// <exception cref="DistributedApplicationException">Operations did not make one.</exception>
    public async Task<string> CreateConsoleLinkAsync(TimeSpan validFor, CancellationToken cancellationToken) =>
        await (await ProgramAsync(cancellationToken)).RunAsync(
            ["--console-link", "--minutes", ((int)validFor.TotalMinutes).ToString(CultureInfo.InvariantCulture)], cancellationToken);

    /// <summary>The token kept in a file of the state folder; a new one only when that is missing, refused, or ends within a day.</summary>
    /// <exception cref="DistributedApplicationException">Operations did not issue one.</exception>
    public async Task<string> GetTokenAsync(string file, string name, CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            string path = local.State[file];
            if (File.Exists(path) && (await File.ReadAllTextAsync(path, cancellationToken)).Trim() is { Length: > 0 } kept && await IsAcceptedAsync(kept, cancellationToken))
                return kept;

            string token = await (await ProgramAsync(cancellationToken)).RunAsync(["--issue-token", "operator", "--name", name], cancellationToken);
            local.State.WriteSecret(file, token + "\n");
            return token;
        }
        finally
        {
            _gate.Release();
        }
    }

    public void Dispose() => _gate.Dispose();

    private async Task<OperationsProgram> ProgramAsync(CancellationToken cancellationToken)
    {
        if (_program is not null)
            return _program;

        var operations = model.Resources.Single(r => r.Name == "operations");
        var settings = await ExecutionConfigurationBuilder.Create(operations).WithEnvironmentVariablesConfig()
            .BuildAsync(context, NullLogger.Instance, cancellationToken);
        var environment = settings.EnvironmentVariables.Where(v => !v.Key.StartsWith("OTEL_", StringComparison.Ordinal)).ToDictionary(v => v.Key, v => v.Value);
        _program = new OperationsProgram(local.Output.Program("Agency.Operations"), local.Output.ProjectFolder("Agency.Operations"), environment);
        _program.Save(local.State);
        return _program;
    }

    private async Task<bool> IsAcceptedAsync(string token, CancellationToken cancellationToken)
    {
        if (AccessToken.ExpiresWithin(token, TimeSpan.FromDays(1)))
            return false;

        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri($"{local.Ports.Url("operations")}/mcp"))
        {
            Content = new StringContent("""{"jsonrpc":"2.0","id":1,"method":"ping"}""", Encoding.UTF8, "application/json"),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        request.Headers.Accept.ParseAdd("application/json, text/event-stream");
        using var answer = await Http.SendAsync(request, cancellationToken);
        return answer.IsSuccessStatusCode;
    }
}

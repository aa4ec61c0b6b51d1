using Agency.Operations.Console.Data;
using Agency.Operations.Console.Pages;
using Agency.ServiceDefaults.Identity;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Agency.Operations.Console;

/// <summary>The console's pages.</summary>
internal static class ConsolePages
{
    public static async Task<IResult> GetAsync(string? client, ConsoleReader reader, Caller caller, TimeProvider time, CancellationToken cancellationToken)
    {
        var view = await reader.ReadAsync(client, cancellationToken);
        return view.IsSuccess
            ? Component<ConsolePage>(StatusCodes.Status200OK, ("Model", view.Value), ("Now", time.GetUtcNow()), ("User", caller.Subject))
            : NotFound($"There is no client '{client}'.", caller);
    }

    public static async Task<IResult> GetRunAsync(
        string company, string run, ConsoleReader reader, Caller caller, TimeProvider time, CancellationToken cancellationToken)
    {
        var found = await reader.ReadRunAsync(company, run, cancellationToken);
        return found.IsSuccess
            ? Component<RunPage>(StatusCodes.Status200OK, ("Model", found.Value), ("Now", time.GetUtcNow()), ("User", caller.Subject))
            : NotFound($"The client '{company}' has no run '{run}'.", caller);
    }

    public static async Task<IResult> GetAuditAsync(
        string? client, string? outcome, string? cursor, string? verify, ConsoleAudit audit, Caller caller, TimeProvider time, CancellationToken cancellationToken)
    {
        var view = await audit.ReadAsync(client, outcome, cursor, verify == "true", cancellationToken);
        return view.IsSuccess
            ? Component<AuditPage>(StatusCodes.Status200OK, ("Model", view.Value), ("Now", time.GetUtcNow()), ("User", caller.Subject))
            : NotFound(view.Error.Message, caller);
    }

    private static RazorComponentResult<ProblemPage> NotFound(string message, Caller caller) =>
        ProblemPage.Result(StatusCodes.Status404NotFound, "Not found", message, caller.Subject);

    private static RazorComponentResult<T> Component<T>(int status, params IEnumerable<(string Name, object? Value)> parameters)
        where T : Microsoft.AspNetCore.Components.IComponent =>
        new(parameters.ToDictionary(p => p.Name, p => p.Value)) { StatusCode = status };
}

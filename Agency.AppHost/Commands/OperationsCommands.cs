using System.Text.Json;
using Agency.AppHost.Startup;
using Microsoft.Extensions.DependencyInjection;

namespace Agency.AppHost.Commands;

/// <summary>What an operator does most often, as commands in the dashboard. All but the console link are MCP tools.</summary>
internal static class OperationsCommands
{
    private static readonly JsonSerializerOptions Readable = new() { WriteIndented = true };

    public static IResourceBuilder<ProjectResource> WithOperatorCommands(this IResourceBuilder<ProjectResource> operations) => operations
        .WithCommand("open-console", "Open the console", OpenConsoleAsync, new CommandOptions
        {
            Description = "Makes a link that signs you in to the console once.",
            IconName = "WindowConsole",
            IsHighlighted = true,
            UpdateState = WhenRunning,
        })
        .WithToolCommand("pause-all", "Pause all work", "Pause", "operations", "pause_work", "All work is paused.",
            [Reason()],
            confirmation: "Nothing of any client will start until you resume. What executes already goes on.")
        .WithToolCommand("resume-all", "Resume all work", "Play", "operations", "resume_work", "Work goes on.", [])
        .WithToolCommand("run-workflow", "Run a workflow now", "FastForward", "operations", "run_workflow_now", "The run is queued.",
            [Client(), Workflow()])
        .WithToolCommand("freeze-client", "Freeze a client", "LockClosed", "operations", "freeze_client", "The client is frozen.",
            [Client(), Reason()])
        .WithToolCommand("unfreeze-client", "Unfreeze a client", "LockOpen", "operations", "unfreeze_client", "The client is no longer frozen.",
            [Client()])
        .WithToolCommand("issue-token", "Issue a token", "Key", "operations", "issue_token", "Copy the token now: it is shown this once.",
            [Choice("role", "Role", "operator", "viewer", "company"), Client(required: false, "Client (for the role company only)"), Choice("access", "Access of a company's token", "read", "write"), Text("name", "Who will use it")],
            showAnswer: true)
        .WithToolCommand("verify-audit", "Verify the audit log", "ShieldCheckmark", "operations", "verify_audit", "The audit log was verified.", [],
            showAnswer: true);

    private static IResourceBuilder<ProjectResource> WithToolCommand(
        this IResourceBuilder<ProjectResource> operations, string name, string displayName, string icon, string server, string tool, string done,
        IReadOnlyList<InteractionInput> inputs, string? confirmation = null, bool showAnswer = false) =>
        operations.WithCommand(name, displayName, context => CallAsync(context, server, tool, done, inputs, showAnswer), new CommandOptions
        {
            IconName = icon,
            ConfirmationMessage = confirmation,
            Arguments = inputs,
            UpdateState = WhenRunning,
        });

    private static async Task<ExecuteCommandResult> CallAsync(
        ExecuteCommandContext context, string server, string tool, string done, IReadOnlyList<InteractionInput> inputs, bool showAnswer)
    {
        try
        {
            var arguments = inputs.ToDictionary(input => input.Name, input => (object?)context.Arguments.GetString(input.Name));
            var answer = await context.Services.GetRequiredService<OperationsClient>().CallAsync(server, tool, arguments, context.CancellationToken);
            string text = JsonSerializer.Serialize(answer, Readable);
            return CommandResults.Success(done, text, CommandResultFormat.Json, displayImmediately: showAnswer);
        }
        catch (Exception failure) when (failure is DistributedApplicationException or HttpRequestException or ModelContextProtocol.McpException)
        {
            return CommandResults.Failure(failure.Message);
        }
    }

    private static async Task<ExecuteCommandResult> OpenConsoleAsync(ExecuteCommandContext context)
    {
        try
        {
            string link = await context.Services.GetRequiredService<ConsoleLinks>().RenewAsync(context.CancellationToken);
            return CommandResults.Success("The link works once.", $"[Open the console]({link})", CommandResultFormat.Markdown, displayImmediately: true);
        }
        catch (DistributedApplicationException failure)
        {
            return CommandResults.Failure(failure.Message);
        }
    }

    private static ResourceCommandState WhenRunning(UpdateCommandStateContext context) =>
        context.ResourceSnapshot.State?.Text == KnownResourceStates.Running ? ResourceCommandState.Enabled : ResourceCommandState.Disabled;

    private static InteractionInput Client(bool required = true, string label = "Client") => new()
    {
        Name = "client",
        Label = label,
        InputType = InputType.Choice,
        Required = required,
        DynamicLoading = new InputLoadOptions
        {
            LoadCallback = async context =>
                context.Input.Options = await context.Services.GetRequiredService<OperationsClient>().ListClientsAsync(context.CancellationToken),
        },
    };

    private static InteractionInput Workflow() => new()
    {
        Name = "id",
        Label = "Workflow",
        InputType = InputType.Choice,
        Required = true,
        DynamicLoading = new InputLoadOptions
        {
            DependsOnInputs = ["client"],
            LoadCallback = async context => context.Input.Options = context.AllInputs["client"].Value is { Length: > 0 } client
                ? await context.Services.GetRequiredService<OperationsClient>().ListWorkflowsAsync(client, context.CancellationToken)
                : [],
        },
    };

    private static InteractionInput Reason() => Text("reason", "Why", required: true);

    private static InteractionInput Text(string name, string label, bool required = false) =>
        new() { Name = name, Label = label, InputType = InputType.Text, Required = required };

    private static InteractionInput Choice(string name, string label, params string[] values) => new()
    {
        Name = name,
        Label = label,
        InputType = InputType.Choice,
        Required = true,
        Value = values[^1],
        Options = [.. values.Select(value => KeyValuePair.Create(value, value))],
    };
}

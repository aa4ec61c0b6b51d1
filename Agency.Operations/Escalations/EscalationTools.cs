using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data.Escalations;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Escalations;

[McpServerToolType]
internal sealed class EscalationTools(EscalationDesk desk, EscalationReader reader)
{
    [McpServerTool(Name = "escalate_issue", Title = "Call a person", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = true, UseStructuredContent = true)]
    [Description("Opens an escalation and notifies the agency's people by the configured channels (Slack, e-mail). With a workflow_id that workflow becomes escalated and fires no more until it is resumed. See what became of the message with list_notifications.")]
    public Task<EscalationResult> EscalateIssue(
        [Description("What is wrong and what a person should look at.")][StringLength(4000, MinimumLength = 1)] string reason,
        [Description("The workflow it is about; it stops firing.")] string? workflowId = null,
        [Description("The client company's id. With a workflow_id the operator may leave it out while only one client has a workflow of that id; a client's own token needs none.")] string? client = null,
        CancellationToken cancellationToken = default) =>
        desk.OpenAsync(client, workflowId, reason, cancellationToken).OrThrow();

    [McpServerTool(Name = "list_escalations", Title = "List escalations", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists escalations, newest first. source failures: a workflow failed three times in a row, and run_id is the last of them; requested: a person, an agent or a procedure asked.")]
    public Task<Page<EscalationView>> ListEscalations(
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        [Description("Only escalations of this workflow.")] string? workflowId = null,
        [Description("Only escalations of this status.")] EscalationStatus? status = null,
        [Description(ArgumentTexts.Cursor)] string? cursor = null,
        [Description(ArgumentTexts.Limit)][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        reader.ListAsync(client, workflowId, status, cursor, limit, cancellationToken).OrThrow();

    [McpServerTool(Name = "acknowledge_escalation", Title = "Acknowledge an escalation", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Says that someone is looking at an open escalation.")]
    public Task<EscalationResult> AcknowledgeEscalation(
        [Description("The escalation's id, a UUID.")] string escalationId,
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        CancellationToken cancellationToken = default) =>
        desk.AcknowledgeAsync(client, escalationId, cancellationToken).OrThrow();

    [McpServerTool(Name = "resolve_escalation", Title = "Resolve an escalation", ReadOnly = false, Destructive = false, Idempotent = false, OpenWorld = false, UseStructuredContent = true)]
    [Description("Closes an escalation. With resume_workflow its workflow, where escalated or paused, becomes active again: failure count 0, next occurrence by its schedule from now on.")]
    public Task<EscalationResult> ResolveEscalation(
        [Description("The escalation's id, a UUID.")] string escalationId,
        [Description("What was done about it.")][StringLength(4000, MinimumLength = 1)] string resolution,
        [Description("Make the workflow active again.")] bool resumeWorkflow = false,
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        CancellationToken cancellationToken = default) =>
        desk.ResolveAsync(client, escalationId, resolution, resumeWorkflow, cancellationToken).OrThrow();
}

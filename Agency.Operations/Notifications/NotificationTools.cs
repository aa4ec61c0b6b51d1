using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Notifications;

[McpServerToolType]
internal sealed class NotificationTools(NotificationReader reader)
{
    [McpServerTool(Name = "list_notifications", Title = "List notifications", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists the messages to the agency's people, newest first, and what became of each by channel (slack, email, and client_slack for the client's own webhook): pending, delivered, failed. The channel none with status not_configured means that no channel is set up and the message is only shown here.")]
    public Task<Page<NotificationView>> ListNotifications(
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        [Description(ArgumentTexts.Cursor)] string? cursor = null,
        [Description(ArgumentTexts.Limit)][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        reader.ListAsync(client, cursor, limit, cancellationToken).OrThrow();
}

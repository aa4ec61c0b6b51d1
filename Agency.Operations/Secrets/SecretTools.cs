using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.Operations.Secrets;

[McpServerToolType]
[NotForRuns]
internal sealed class SecretTools(SecretDesk desk, SecretReader reader)
{
    private const string NameText = "The secret's name: lower-case letters, digits, '_' and '-'.";

    [McpServerTool(Name = "set_secret", Title = "Set a client's secret", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Keeps a credential of a client, encrypted. Nothing shows it again, and it is taken out of whatever a run, a log or a message would show. A secret of the same name is replaced. set_connector names the secret that goes with a connector's calls. The name slack_webhook is special: its value is the https address of a Slack incoming webhook, to which the client's own notifications are then sent too.")]
    public Task<SetSecret> SetSecret(
        [Description(NameText)][RegularExpression(SecretDesk.NamePattern)] string name,
        [Description("The value: 8 to 2048 printable ASCII characters. Give it as the other side expects it, without 'Bearer'.")][StringLength(SecretDesk.MaxValue, MinimumLength = SecretDesk.MinValue)][Secret] string value,
        [Description(ArgumentTexts.Client)] string? client = null,
        [Description("true: a secret that no connector uses any more may be sent to another host than before, which the next set_connector decides. Otherwise it stays bound to its host when its value is replaced.")] bool rebind = false,
        CancellationToken cancellationToken = default) =>
        desk.SetAsync(client, name, value, rebind, cancellationToken).OrThrow();

    [McpServerTool(Name = "delete_secret", Title = "Delete a client's secret", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Deletes a secret for good. One that a connector uses is kept: delete_connector, or set_connector without it, comes first.")]
    public Task<DeletedSecret> DeleteSecret(
        [Description(NameText)][RegularExpression(SecretDesk.NamePattern)] string name,
        [Description(ArgumentTexts.Client)] string? client = null,
        CancellationToken cancellationToken = default) =>
        desk.DeleteAsync(client, name, cancellationToken).OrThrow();

    [McpServerTool(Name = "list_secrets", Title = "List secrets", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists the secrets that are set, by client and name: when, by whom, when last used. Never a value.")]
    public Task<Page<SecretView>> ListSecrets(
        [Description(ArgumentTexts.ClientFilter)] string? client = null,
        [Description(ArgumentTexts.Cursor)] string? cursor = null,
        [Description(ArgumentTexts.Limit)][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        reader.ListAsync(client, cursor, limit, cancellationToken).OrThrow();
}

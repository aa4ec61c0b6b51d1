using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Mcp;
using Agency.Sops;
using ModelContextProtocol.Server;

namespace Agency.CompanyContext.Procedures;

/// <summary>The tools over standard operating procedures.</summary>
[McpServerToolType]
internal sealed class ProcedureTools(SopShelf shelf)
{
    private const string NameHelp = "The procedure's name, as sop_list gives it; a workflow's type is one.";
    private const string OptionalClientHelp = "The client company's id: its own procedures take the place of the agency's. Left out, the agency's, or the company's of a token that belongs to one.";
    private const string ClientHelp = "The client company's id. Leave it out with a token that belongs to one company.";
    private const string MarkdownHelp = "The procedure: optional front matter (name, description, version, inputs, and context: none where no step needs the client's context), a '# Title' and numbered steps. A step with a fenced block "
        + "'```tool server.tool as name' that holds a JSON object of arguments is executed as that call; any other step is guidance. The servers are operations, context, health and the client's connectors (list_connectors on the operations server).";

    [McpServerTool(Name = "sop_list", Title = "List procedures", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists the standard operating procedures that a client's workflows can follow: the agency's, and in their place the client's own of the same name. Shows what is wrong with any.")]
    public Task<Page<SopSummary>> SopListAsync(
        [Description(OptionalClientHelp)] string? client = null,
        [Description("next_cursor of the previous page.")] string? cursor = null,
        [Description("How many at most.")][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        shelf.ListAsync(client, cursor, limit, cancellationToken).OrThrow();

    [McpServerTool(Name = "get_sop", Title = "Read a procedure", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Returns the procedure that is in force for a client under a name: its Markdown, inputs, steps with the tools they call, and problems.")]
    public Task<SopView> GetSopAsync(
        [Description(NameHelp)][StringLength(64, MinimumLength = 1)] string name,
        [Description(OptionalClientHelp)] string? client = null,
        CancellationToken cancellationToken = default) =>
        shelf.GetAsync(client, name, cancellationToken).OrThrow();

    [McpServerTool(Name = "validate_sop", Title = "Check a procedure", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Reads a procedure and says what is wrong with it, by line, without saving it. Errors keep it from running, warnings do not. Whether the servers and tools it calls exist is not checked here.")]
    public static SopValidation ValidateSop([Description(MarkdownHelp)][StringLength(SopParser.MaxLength, MinimumLength = 1)] string markdown) =>
        SopValidation.Of(SopParser.Parse(markdown));

    [McpServerTool(Name = "save_sop", Title = "Save a client's procedure", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Saves a procedure as the client's own, in place of the agency's or of an earlier one of the same name. One with errors is refused. The client's next runs follow it; other clients' do not.")]
    public Task<SopView> SaveSopAsync(
        [Description(MarkdownHelp)][StringLength(SopParser.MaxLength, MinimumLength = 1)][Content] string markdown,
        [Description("Name to save it under. Default: the name in its front matter, else one made from its title.")][StringLength(64, MinimumLength = 1)] string? name = null,
        [Description(ClientHelp)] string? client = null,
        CancellationToken cancellationToken = default) =>
        shelf.SaveAsync(client, name, markdown, cancellationToken).OrThrow();

    [McpServerTool(Name = "delete_sop", Title = "Delete a client's procedure", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Deletes a client's own procedure; the agency's of the same name is in force again, if there is one.")]
    public Task<SopDeleted> DeleteSopAsync(
        [Description(NameHelp)][StringLength(64, MinimumLength = 1)] string name,
        [Description(ClientHelp)] string? client = null,
        CancellationToken cancellationToken = default) =>
        shelf.DeleteAsync(client, name, cancellationToken).OrThrow();
}

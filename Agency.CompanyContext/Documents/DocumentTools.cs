using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Agency.Data.Auditing;
using Agency.ServiceDefaults.Mcp;
using ModelContextProtocol.Server;

namespace Agency.CompanyContext.Documents;

/// <summary>The tools over a client's documents.</summary>
[McpServerToolType]
internal sealed class DocumentTools(CompanyContent content, DocumentLoader loader)
{
    private const string ClientHelp = "The client company's id, as list_companies gives it. Leave it out with a token that belongs to one company.";

    [McpServerTool(Name = "load_company_context", Title = "Load documents of a client", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Loads Markdown or plain text into a client's context, where query_company_context finds it: the given content, or the file at path in the client's folder, or, with "
        + "neither, every .md, .markdown and .txt file of that folder. Loading a source again replaces it; unchanged text is left alone and reported so. UTF-8, at most 20 MB a document.")]
    public Task<LoadResult> LoadCompanyContextAsync(
        [Description("The client company's id. With a token that belongs to one company, that company's.")][StringLength(64, MinimumLength = 1)] string companyId,
        [Description("The text itself. Needs source_name.")][Content] string? content = null,
        [Description("A file below the client's folder, relative to it with '/', such as guides/brand.md.")][StringLength(400, MinimumLength = 1)] string? path = null,
        [Description("Name under which the document is kept and replaced, such as brand-guide.md; a name that ends in .txt is read as plain text, any other as Markdown. Default: the path.")]
        [StringLength(400, MinimumLength = 1)] string? sourceName = null,
        [Description("Title of the document. Default: its first heading, else its source name.")][StringLength(400, MinimumLength = 1)][Content] string? title = null,
        CancellationToken cancellationToken = default) =>
        loader.LoadAsync(companyId, content, path, sourceName, title, cancellationToken).OrThrow();

    [McpServerTool(Name = "list_documents", Title = "List a client's documents", ReadOnly = true, Destructive = false, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Lists the documents that were loaded for a client, by source name.")]
    public Task<Page<DocumentSummary>> ListDocumentsAsync(
        [Description(ClientHelp)] string? client = null,
        [Description("next_cursor of the previous page.")] string? cursor = null,
        [Description("How many at most.")][Range(Paging.Min, Paging.Max)] int limit = Paging.Default,
        CancellationToken cancellationToken = default) =>
        content.UseAsync(client, session => DocumentLibrary.ListAsync(session, cursor, limit, cancellationToken), cancellationToken).OrThrow();

    [McpServerTool(Name = "delete_document", Title = "Delete a client's document", ReadOnly = false, Destructive = true, Idempotent = true, OpenWorld = false, UseStructuredContent = true)]
    [Description("Deletes a document and its passages for good. A file it was loaded from stays where it is.")]
    public Task<DeletedDocument> DeleteDocumentAsync(
        [Description("The document's source, as list_documents gives it.")][StringLength(400, MinimumLength = 1)] string source,
        [Description(ClientHelp)] string? client = null,
        CancellationToken cancellationToken = default) =>
        content.UseAsync(client, session => DocumentLibrary.DeleteAsync(session, source, cancellationToken), cancellationToken).OrThrow();
}

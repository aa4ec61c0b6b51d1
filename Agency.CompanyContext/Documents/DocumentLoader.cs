using Agency.Data;

namespace Agency.CompanyContext.Documents;

/// <summary>Where the text to load comes from: the call itself, one file, or all files of the company's folder.</summary>
internal sealed class DocumentLoader(CompanyContent content, DocumentLibrary library, DocumentFolder folder)
{
    /// <summary>Beyond this a folder is no client's documents but a mistake in the setting.</summary>
    public const int MaxFiles = 1_000;

    public Task<Result<LoadResult>> LoadAsync(
        string companyId, string? text, string? path, string? sourceName, string? title, CancellationToken cancellationToken) =>
        content.UseAsync(
            companyId,
            session => (text, path) switch
            {
                (not null, not null) => Task.FromResult<Result<LoadResult>>(Error.Invalid("Give content or path, not both.")),
                (not null, null) => LoadTextAsync(session, text, sourceName, title, cancellationToken),
                (null, not null) => LoadOneFileAsync(session, path, sourceName, title, cancellationToken),
                _ => LoadFolderAsync(session, sourceName, title, cancellationToken),
            },
            cancellationToken);

    private async Task<Result<LoadResult>> LoadTextAsync(
        ContentSession session, string text, string? sourceName, string? title, CancellationToken cancellationToken)
    {
        if (string.IsNullOrWhiteSpace(sourceName))
        {
            return Error.Invalid("source_name is missing: name the text, such as brand-guide.md. Loading the same name again replaces it.");
        }

        var problem = CheckNames(sourceName, title) ?? DocumentText.Check(sourceName, text);
        return problem is not null ? problem : LoadResult.Of(session.Id, [await StoreAsync(session, sourceName, text, title, cancellationToken)]);
    }

    private async Task<Result<LoadResult>> LoadOneFileAsync(
        ContentSession session, string path, string? sourceName, string? title, CancellationToken cancellationToken)
    {
        if (CheckNames(sourceName, title) is { } problem)
        {
            return problem;
        }

        var text = await ReadAsync(session.Id, path, cancellationToken);
        return text.IsSuccess
            ? LoadResult.Of(session.Id, [await StoreAsync(session, sourceName ?? path, text.Value, title, cancellationToken)])
            : text.Error;
    }

    private async Task<Result<LoadResult>> LoadFolderAsync(ContentSession session, string? sourceName, string? title, CancellationToken cancellationToken)
    {
        if (sourceName is not null || title is not null)
        {
            return Error.Invalid("source_name and title belong to one document: give content or path with them, or leave them out to load the whole folder.");
        }

        var files = folder.List(session.Id);
        if (files.Count > MaxFiles)
        {
            return Error.Invalid($"The folder of '{session.Id}' holds {files.Count} files; at most {MaxFiles} are loaded at once. Load them one by one with path, or remove what does not belong there.");
        }

        var documents = new List<LoadedDocument>();
        foreach (var file in files)
        {
            var text = await ReadAsync(session.Id, file, cancellationToken);
            documents.Add(text.IsSuccess
                ? await StoreAsync(session, file, text.Value, null, cancellationToken)
                : new LoadedDocument(file, file, LoadStatus.Failed, 0, 0, text.Error.Message));
        }

        return LoadResult.Of(session.Id, documents);
    }

    private Task<LoadedDocument> StoreAsync(ContentSession session, string source, string text, string? title, CancellationToken cancellationToken) =>
        library.StoreAsync(session, new DocumentDraft(source, text, string.IsNullOrWhiteSpace(title) ? null : title.Trim()), cancellationToken);

    private async Task<Result<string>> ReadAsync(CompanyId company, string path, CancellationToken cancellationToken)
    {
        var bytes = await folder.ReadAsync(company, path, cancellationToken);
        return bytes.IsSuccess ? DocumentText.Decode(path, bytes.Value) : bytes.Error;
    }

    private static Error? CheckNames(string? sourceName, string? title) =>
        (sourceName is not null && string.IsNullOrWhiteSpace(sourceName) ? Error.Invalid("source_name is blank.") : null)
        ?? PlainText.Check("source_name", sourceName, 400, singleLine: true)
        ?? PlainText.Check("title", title, 400, singleLine: true);
}

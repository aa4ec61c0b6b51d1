using Agency.Data;
using Microsoft.Extensions.Options;

namespace Agency.CompanyContext.Documents;

/// <summary>
/// Reads text files below <c>{root}/{company id}/</c> and nowhere else: no path leads out of it, no link is followed. A path is taken letter by
/// letter; nothing in it is decoded.
/// </summary>
internal sealed class DocumentFolder
{
    private static readonly string[] Extensions = [".md", ".markdown", ".txt"];

    private static readonly EnumerationOptions Walk = new()
    {
        RecurseSubdirectories = true,
        AttributesToSkip = FileAttributes.ReparsePoint | FileAttributes.Hidden | FileAttributes.System,
        MaxRecursionDepth = 16,
        IgnoreInaccessible = true,
    };

    public DocumentFolder(IOptions<DocumentOptions> options, IHostEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(environment);
        Root = Path.GetFullPath(options.Value.DocumentRoot, Path.GetFullPath(environment.ContentRootPath));
    }

    public string Root { get; }

    /// <summary>The text files of a company, as paths relative to its folder with '/', in ordinal order.</summary>
    public IReadOnlyList<string> List(CompanyId company) =>
        OwnFolder(company) is { } folder
            ? [.. folder.EnumerateFiles("*", Walk)
                .Where(file => IsText(file.Name))
                .Select(file => Path.GetRelativePath(folder.FullName, file.FullName).Replace(Path.DirectorySeparatorChar, '/'))
                .Order(StringComparer.Ordinal)]
            : [];

    /// <summary>The bytes of one file.</summary>
    public async Task<Result<byte[]>> ReadAsync(CompanyId company, string path, CancellationToken cancellationToken)
    {
        if (CheckPath(path) is { } problem)
        {
            return problem;
        }

        var missing = Error.NotFound($"There is no file '{path}' in the folder of '{company}'. Call load_company_context without path to load all that there are.");
        if (OwnFolder(company) is not { } folder || Follow(folder, path) is not { } file)
        {
            return missing;
        }

        try
        {
            await using var stream = new FileStream(file.FullName, FileMode.Open, FileAccess.Read, FileShare.Read, 64 * 1024, FileOptions.Asynchronous);
            if (!stream.CanSeek)
            {
                return missing;
            }

            if (stream.Length > DocumentText.MaxBytes)
            {
                return DocumentText.TooLarge(path, stream.Length);
            }

            var bytes = new byte[stream.Length];
            await stream.ReadExactlyAsync(bytes, cancellationToken);
            return bytes;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return missing;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return Error.Conflict($"The file '{path}' cannot be read. Check that the service may read it and that nothing is writing it, then try again.");
        }
    }

    public static bool IsText(string name) => Extensions.Contains(Path.GetExtension(name), StringComparer.OrdinalIgnoreCase);

    private static Error? CheckPath(string path)
    {
        if (PlainText.Check("path", path, 400, singleLine: true) is { } problem)
        {
            return problem;
        }

        var segments = path.Split('/');
        return path.Contains('\\', StringComparison.Ordinal) || path.Contains(':', StringComparison.Ordinal)
            || segments.Any(segment => segment is "" or "." or ".." || segment[^1] is ' ' or '.')
                ? Error.Invalid("path must be relative to the client's own folder, with '/' between folders and without '.', '..', ':' or a leading '/', such as guides/brand.md.")
            : IsText(path) ? null
            : Error.Invalid("Only Markdown and plain text are read: path must end in .md, .markdown or .txt.");
    }

    /// <summary>The company's folder, its name compared exactly even where the file system would not, or null.</summary>
    private DirectoryInfo? OwnFolder(CompanyId company)
    {
        var root = new DirectoryInfo(Root);
        return root.Exists
            ? root.EnumerateDirectories().FirstOrDefault(folder => string.Equals(folder.Name, company.Value, StringComparison.Ordinal) && !IsLink(folder))
            : null;
    }

    /// <summary>Walks to the file one name at a time, so that a link anywhere on the way is seen.</summary>
    private static FileInfo? Follow(DirectoryInfo folder, string path)
    {
        var segments = path.Split('/');
        var at = folder;
        foreach (var segment in segments[..^1])
        {
            at = new DirectoryInfo(Path.Combine(at.FullName, segment));
            if (!at.Exists || IsLink(at))
            {
                return null;
            }
        }

        var file = new FileInfo(Path.Combine(at.FullName, segments[^1]));
        return file.Exists && !IsLink(file) ? file : null;
    }

    private static bool IsLink(FileSystemInfo entry) => entry.LinkTarget is not null || entry.Attributes.HasFlag(FileAttributes.ReparsePoint);
}

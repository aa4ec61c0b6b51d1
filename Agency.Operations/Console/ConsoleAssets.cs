using System.Security.Cryptography;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Net.Http.Headers;

namespace Agency.Operations.Console;

/// <summary>The console's own few files, compiled into the assembly; open to all, since the sign-in page needs them.</summary>
internal static class ConsoleAssets
{
    private static readonly Dictionary<string, string> Types = new(StringComparer.Ordinal)
    {
        ["console.css"] = "text/css; charset=utf-8",
        ["console.js"] = "text/javascript; charset=utf-8",
        ["favicon.svg"] = "image/svg+xml",
    };

    private static readonly Dictionary<string, (byte[] Content, EntityTagHeaderValue Tag)> Files = Types.Keys.ToDictionary(name => name, Load);

    public static Results<FileContentHttpResult, NotFound> Get(string file, HttpResponse response)
    {
        if (!Files.TryGetValue(file, out var found))
        {
            return TypedResults.NotFound();
        }

        response.Headers.CacheControl = "no-cache";
        return TypedResults.File(found.Content, Types[file], entityTag: found.Tag);
    }

    private static (byte[] Content, EntityTagHeaderValue Tag) Load(string name)
    {
        using var stream = typeof(ConsoleAssets).Assembly.GetManifestResourceStream("Agency.Operations.Console." + name)
            ?? throw new InvalidOperationException($"The console's file {name} is not in the assembly.");
        using var copy = new MemoryStream();
        stream.CopyTo(copy);
        var content = copy.ToArray();
        return (content, new EntityTagHeaderValue($"\"{Convert.ToHexStringLower(SHA256.HashData(content).AsSpan(0, 8))}\""));
    }
}

using Microsoft.Extensions.Options;

namespace Agency.CompanyContext.Documents;

/// <summary>Section <c>Context</c>.</summary>
internal sealed class DocumentOptions
{
    public const string Section = "Context";

    /// <summary>Folder with one folder per client, named by its id. A relative path starts at the service's content root.</summary>
    public string DocumentRoot { get; set; } = "companies";
}

internal sealed class DocumentOptionsValidator : IValidateOptions<DocumentOptions>
{
    public ValidateOptionsResult Validate(string? name, DocumentOptions options) =>
        string.IsNullOrWhiteSpace(options.DocumentRoot) || options.DocumentRoot.Contains('\0', StringComparison.Ordinal)
            ? ValidateOptionsResult.Fail("Context:DocumentRoot must name the folder that holds one folder per client. Set Context__DocumentRoot, or leave it out for companies/.")
            : ValidateOptionsResult.Success;
}

internal static class DocumentFolderExtensions
{
    public static IServiceCollection AddDocumentFolder(this IServiceCollection services)
    {
        services.AddSingleton<IValidateOptions<DocumentOptions>, DocumentOptionsValidator>();
        services.AddOptions<DocumentOptions>().BindConfiguration(DocumentOptions.Section).ValidateOnStart();
        return services.AddSingleton<DocumentFolder>();
    }
}

using System.Text.Json;
using Microsoft.AspNetCore.Http.HttpResults;

namespace Agency.Operations.Authorization.Registration;

/// <summary>Dynamic client registration (RFC 7591).</summary>
internal static class RegistrationEndpoint
{
    public const int MaxBytes = 16 * 1024;

    public static async Task<Results<JsonHttpResult<RegisteredClient>, JsonHttpResult<RegistrationError>>> PostAsync(HttpContext http, ClientRegistration registration)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (!http.Request.HasJsonContentType())
        {
            return Refuse(new RegistrationError("invalid_client_metadata", "Send the metadata as application/json."), StatusCodes.Status415UnsupportedMediaType);
        }

        ClientMetadata? metadata;
        try
        {
            metadata = await http.Request.ReadFromJsonAsync<ClientMetadata>(http.RequestAborted);
        }
        catch (JsonException)
        {
            return Refuse(new RegistrationError("invalid_client_metadata", "The body is no JSON object with client metadata as RFC 7591 has it."));
        }
        catch (InvalidOperationException)
        {
            // The charset is none that is known.
            return Refuse(new RegistrationError("invalid_client_metadata", "Send the metadata in UTF-8."), StatusCodes.Status415UnsupportedMediaType);
        }
        catch (BadHttpRequestException e)
        {
            return Refuse(new RegistrationError("invalid_client_metadata", $"The metadata may have at most {MaxBytes} bytes."), e.StatusCode);
        }

        var (client, error) = await registration.RegisterAsync(metadata ?? new ClientMetadata(), http.RequestAborted);
        return error is null ? TypedResults.Json(client!, statusCode: StatusCodes.Status201Created) : Refuse(error);
    }

    private static JsonHttpResult<RegistrationError> Refuse(RegistrationError error, int status = StatusCodes.Status400BadRequest) => TypedResults.Json(error, statusCode: status);
}

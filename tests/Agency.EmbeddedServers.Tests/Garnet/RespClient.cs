using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Agency.EmbeddedServers.Tests.Garnet;

/// <summary>Just enough of Redis's protocol to see a script run.</summary>
internal static class RespClient
{
    /// <summary>Signs in with the connection string's password and runs a script; the raw answers to both.</summary>
    public static async Task<string> EvalAsync(string connectionString, string script, string argument, CancellationToken ct)
    {
        string[] parts = connectionString.Split(",password=");
        string[] address = parts[0].Split(':');
        using var client = new TcpClient(address[0], int.Parse(address[1], CultureInfo.InvariantCulture));
        await using var stream = client.GetStream();
        await stream.WriteAsync(Encoding.ASCII.GetBytes(Command("AUTH", parts[1]) + Command("EVAL", script, "0", argument) + Command("QUIT")), ct);
        using var reader = new StreamReader(stream, Encoding.ASCII);
        return await reader.ReadToEndAsync(ct);
    }

    private static string Command(params string[] words) => $"*{words.Length}\r\n" + string.Concat(words.Select(w => $"${w.Length}\r\n{w}\r\n"));
}

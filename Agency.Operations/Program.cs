using Agency.Operations;
using Agency.Operations.Tokens;

if (TokenCommand.IsRequested(args))
{
    return await TokenCommand.RunAsync(args, Console.Out, Console.Error);
}

await Server.Build(args).RunAsync();
return 0;

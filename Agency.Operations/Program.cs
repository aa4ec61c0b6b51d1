using Agency.Operations;
using Agency.Operations.Console.Access;
using Agency.Operations.Tokens;

if (TokenCommand.IsRequested(args))
{
    return await TokenCommand.RunAsync(args, Console.Out, Console.Error);
}

if (ConsoleLinkCommand.IsRequested(args))
{
    return await ConsoleLinkCommand.RunAsync(args, Console.Out, Console.Error);
}

await Server.Build(args).RunAsync();
return 0;

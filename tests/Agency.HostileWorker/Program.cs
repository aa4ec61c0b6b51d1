using System.Text.Json.Nodes;
using Agency.HostileWorker;
using Agency.Worker.Confining;
using Agency.WorkerProtocol;

if (Launcher.Run(args, Console.OpenStandardError()) is { } failure) return failure;

var events = new RunEventWriter(Console.OpenStandardOutput());
events.Write(new ReadyEvent { At = TimeProvider.System.GetUtcNow(), Protocol = RunEnvelope.CurrentProtocol, ProcessId = Environment.ProcessId });
using var input = new StreamReader(Console.OpenStandardInput());
if (input.ReadLine() is not { } line) return WorkerExit.Done;

var target = new Target(JsonNode.Parse(line)!.AsObject());
foreach (var name in target.Attacks)
{
    events.Write(new NoteEvent { At = TimeProvider.System.GetUtcNow(), Message = $"{name}: {Attacks.Try(name, target)}" });
}

events.Write(new OutcomeEvent { At = TimeProvider.System.GetUtcNow(), Outcome = RunOutcome.Succeeded, Summary = "All was tried.", ToolCalls = 0 });
return WorkerExit.Done;

using Agency.CompanyContext;

ContextServer.Build(args).Run();

using Agency.Data;
using Agency.ServiceDefaults.Hosting;
using Agency.ServiceDefaults.Identity;

namespace Agency.ServiceDefaults.Tests.Identity;

public sealed class CompanyResolutionTests
{
    private static readonly CompanyId Acme = new("acme");
    private static readonly AgencyMode Production = new(true);
    private static readonly AgencyMode WithDefault = new(false, new CompanyId("demo"));

    [Theory]
    [InlineData(CallerRole.Company)]
    [InlineData(CallerRole.Run)]
    public void Resolve_ForBoundCaller_IsAlwaysItsOwn(CallerRole role)
    {
        var caller = Caller(role) with { Company = Acme };

        Assert.Equal(Acme, CompanyResolution.ResolveCompany(caller, null, WithDefault).Value);
        Assert.Equal(Acme, CompanyResolution.ResolveCompany(caller, "acme", Production).Value);
        foreach (var foreign in new[] { "demo", "Acme", "acme ", "асме", "*" })
        {
            var error = CompanyResolution.ResolveCompany(caller, foreign, WithDefault).Error;
            Assert.Equal(CompanyResolution.UnknownCompany(foreign), error);
            Assert.Equal(ErrorKind.NotFound, error!.Kind);
        }
    }

    [Theory]
    [InlineData(CallerRole.Operator)]
    [InlineData(CallerRole.Viewer)]
    public void Resolve_ForAgencyCaller_TakesTheArgumentThenTheDefault(CallerRole role)
    {
        Assert.Equal("other", CompanyResolution.ResolveCompany(Caller(role), "other", WithDefault).Value.Value);
        Assert.Equal("demo", CompanyResolution.ResolveCompany(Caller(role), null, WithDefault).Value.Value);
        Assert.Equal(ErrorKind.Invalid, CompanyResolution.ResolveCompany(Caller(role), null, Production).Error?.Kind);
        Assert.Equal(ErrorKind.NotFound, CompanyResolution.ResolveCompany(Caller(role), "a b", Production).Error?.Kind);
    }

    private static Caller Caller(CallerRole role) => new() { Role = role, Subject = "s", TokenId = "t", CanWrite = true };
}

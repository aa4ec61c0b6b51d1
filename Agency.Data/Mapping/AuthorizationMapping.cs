using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using OpenIddict.EntityFrameworkCore.Models;

namespace Agency.Data.Mapping;

/// <summary>
/// The tables of the authorization server's stores. The shapes are the library's; mapped here and not by the library itself, so that the schema is made in
/// one place and no other service needs the library.
/// </summary>
internal sealed class AuthorizationMapping
    : IEntityTypeConfiguration<OpenIddictEntityFrameworkCoreApplication>, IEntityTypeConfiguration<OpenIddictEntityFrameworkCoreAuthorization>,
        IEntityTypeConfiguration<OpenIddictEntityFrameworkCoreToken>, IEntityTypeConfiguration<OpenIddictEntityFrameworkCoreScope>
{
    // Foreign keys that the library expects to have no property of their own.
    private const string ClientKey = "ApplicationId";
    private const string AuthorizationKey = "AuthorizationId";

    public void Configure(EntityTypeBuilder<OpenIddictEntityFrameworkCoreApplication> builder)
    {
        builder.ToTable("oauth_client");
        builder.HasKey(c => c.Id);
        builder.Property(c => c.Id).HasMaxLength(64).ValueGeneratedOnAdd();
        builder.Property(c => c.ApplicationType).HasMaxLength(50);
        builder.Property(c => c.ClientId).HasMaxLength(100);
        builder.Property(c => c.ClientType).HasMaxLength(50);
        builder.Property(c => c.ConsentType).HasMaxLength(50);
        builder.Property(c => c.ConcurrencyToken).HasMaxLength(50).IsConcurrencyToken();
        builder.Property(c => c.DisplayName).HasMaxLength(200);
        builder.HasIndex(c => c.ClientId).IsUnique();
        builder.HasMany(c => c.Authorizations).WithOne(a => a.Application!).HasForeignKey(ClientKey).IsRequired(false);
        builder.HasMany(c => c.Tokens).WithOne(t => t.Application!).HasForeignKey(ClientKey).IsRequired(false);
    }

    public void Configure(EntityTypeBuilder<OpenIddictEntityFrameworkCoreAuthorization> builder)
    {
        builder.ToTable("oauth_authorization");
        builder.HasKey(a => a.Id);
        builder.Property(a => a.Id).HasMaxLength(64).ValueGeneratedOnAdd();
        builder.Property(a => a.ConcurrencyToken).HasMaxLength(50).IsConcurrencyToken();
        builder.Property(a => a.Status).HasMaxLength(50);
        builder.Property(a => a.Subject).HasMaxLength(400);
        builder.Property(a => a.Type).HasMaxLength(50);
        builder.HasMany(a => a.Tokens).WithOne(t => t.Authorization!).HasForeignKey(AuthorizationKey).IsRequired(false);
    }

    public void Configure(EntityTypeBuilder<OpenIddictEntityFrameworkCoreToken> builder)
    {
        builder.ToTable("oauth_token");
        builder.HasKey(t => t.Id);
        builder.Property(t => t.Id).HasMaxLength(64).ValueGeneratedOnAdd();
        builder.Property(t => t.ConcurrencyToken).HasMaxLength(50).IsConcurrencyToken();
        builder.Property(t => t.ReferenceId).HasMaxLength(100);
        builder.Property(t => t.Status).HasMaxLength(50);
        builder.Property(t => t.Subject).HasMaxLength(400);
        builder.Property(t => t.Type).HasMaxLength(150);
        builder.HasIndex(t => t.ReferenceId).IsUnique();
    }

    public void Configure(EntityTypeBuilder<OpenIddictEntityFrameworkCoreScope> builder)
    {
        builder.ToTable("oauth_scope");
        builder.HasKey(s => s.Id);
        builder.Property(s => s.Id).HasMaxLength(64).ValueGeneratedOnAdd();
        builder.Property(s => s.ConcurrencyToken).HasMaxLength(50).IsConcurrencyToken();
        builder.Property(s => s.Name).HasMaxLength(200);
        builder.HasIndex(s => s.Name).IsUnique();
    }
}

using System.Linq.Expressions;
using Agency.Data.Companies;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;

namespace Agency.Data.Mapping;

internal static class MappingExtensions
{
    /// <summary>
    /// Ties the rows to their company. Every foreign key of the schema starts with <c>company_id</c>: a foreign key check bypasses row
    /// level security, so a narrower one could reach into another tenant. Nothing cascades.
    /// </summary>
    public static void OfCompany<TEntity>(this EntityTypeBuilder<TEntity> builder, Expression<Func<TEntity, object?>> companyId)
        where TEntity : class =>
        builder.HasOne<Company>().WithMany().HasForeignKey(companyId).OnDelete(DeleteBehavior.Restrict);
}

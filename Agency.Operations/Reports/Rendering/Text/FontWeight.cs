namespace Agency.Operations.Reports.Rendering.Text;

internal enum FontWeight
{
    Regular,
    SemiBold,
}

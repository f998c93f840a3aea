using System.Reflection;
using ImageRights.Contracts.Inbound.V1;
using ImageRights.Ingestion.Inbound;

namespace ImageRights.Ingestion.UnitTests;

public class InboundTypesTests
{
    [Fact]
    public void What_is_described_is_what_is_taken() =>
        typeof(InboundHandler).GetFields(BindingFlags.Public | BindingFlags.Static).Where(field => field.IsLiteral).Select(field => (string)field.GetRawConstantValue()!)
            .ShouldBe(InboundEvents.Types.Keys, ignoreOrder: true);
}

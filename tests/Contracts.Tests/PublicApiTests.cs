using System.Reflection;
using System.Text;
using ImageRights.Contracts;
using ImageRights.TestKit;
using MassTransit;

namespace ImageRights.Contracts.Tests;

public class PublicApiTests
{
    private static readonly NullabilityInfoContext Nullability = new();

    private static IEnumerable<Type> Messages => Subscriptions.Queues.Keys.OrderBy(type => type.FullName, StringComparer.Ordinal);

    [Fact]
    public void The_public_surface_is_the_one_that_was_agreed()
    {
        var surface = new StringBuilder();
        foreach (var type in typeof(Subscriptions).Assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            surface.AppendLine(type.FullName);
            if (type.IsEnum)
            {
                foreach (var name in Enum.GetNames(type)) surface.AppendLine($"  {name}");
                continue;
            }
            foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance).OrderBy(property => property.MetadataToken))
                surface.AppendLine($"  {property.Name}: {NameOf(property)}");
        }
        Golden.Matches("PublicApi.txt", surface.ToString());
    }

    [Fact]
    public void The_names_on_the_bus_are_the_ones_that_were_agreed() =>
        Golden.Matches("BusNames.txt", string.Join('\n', Messages.Select(type => $"{MessageUrn.ForTypeString(type)} → {string.Join(", ", Subscriptions.Queues[type])}")));

    [Fact]
    public void Every_message_is_a_sealed_record_without_a_base_in_a_versioned_namespace()
    {
        foreach (var type in Messages)
        {
            type.IsSealed.ShouldBeTrue(type.Name);
            type.BaseType.ShouldBe(typeof(object), type.Name);
            type.Namespace!.ShouldMatch(@"^ImageRights\.Contracts\.[A-Za-z]+\.V\d+$");
        }
    }

    [Fact]
    public void Every_message_says_whose_it_is() =>
        Messages.Where(type => type.GetProperty("TenantId") is null).ShouldBeEmpty();

    [Fact]
    public void Every_published_record_is_subscribed_to()
    {
        var nested = new[] { "ScreeningMatch", "ScreeningThresholds", "MatchEvidence", "Commonness", "AreaCorner", "AreaRectangle", "BandLimits", "RelatedPicture", "PictureFeatures", "PictureRegion", "PartyMessageText" };
        typeof(Subscriptions).Assembly.GetExportedTypes()
            .Where(type => type is { IsEnum: false, IsAbstract: false } && !nested.Contains(type.Name) && type.Namespace != typeof(Inbound.V1.InboundEvents).Namespace)
            .Where(type => !Subscriptions.Queues.ContainsKey(type))
            .ShouldBeEmpty();
    }

    private static string NameOf(PropertyInfo property)
    {
        var optional = Nullability.Create(property).ReadState == NullabilityState.Nullable ? "?" : "";
        return Plain(property.PropertyType) + (optional == "?" && Nullable.GetUnderlyingType(property.PropertyType) is null ? "?" : "");
    }

    private static string Plain(Type type) => Nullable.GetUnderlyingType(type) is { } underlying
        ? $"{Plain(underlying)}?"
        : type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(", ", type.GetGenericArguments().Select(Plain))}>" : type.Name;
}

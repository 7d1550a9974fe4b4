using System.Reflection;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Grains.Interfaces;

namespace Cluster.Tests.Recorded;

/// <summary>
/// The names that travel, one a line: grains, interfaces, calls by the ids that Orleans gave them, and of the records every property, enum
/// value and case.
/// </summary>
internal static class ContractNames
{
    /// <summary>Ends a property without which a message cannot be read.</summary>
    private const string Needed = " needed";

    public static IReadOnlyList<string> Of(MessageWriter writer)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var (grain, properties) in writer.Manifest.Grains.Where(static grain => IsOurs(grain.Value.Properties)))
            foreach (var (name, value) in properties.Properties.Where(static property => IsRead(property.Key)))
                names.Add($"grain {grain} {name}={value}");
        foreach (var (type, properties) in writer.Manifest.Interfaces.Where(static type => type.Key.ToString()!.StartsWith("payments.", StringComparison.Ordinal)))
            names.Add($"interface {type} version={properties.Properties.GetValueOrDefault("version")}");
        foreach (var actor in ContractMessages.Actors())
            foreach (var method in ContractMessages.Methods(actor))
            {
                var alias = ContractMessages.Carrier(actor, method).GetCustomAttributes<CompoundTypeAliasAttribute>().Select(static alias => string.Join(' ', alias.Components.Select(static part => part is Type type ? type.Name : part.ToString())));
                names.Add($"call {actor.Name}.{method.Name} = {string.Join(", ", alias.Order(StringComparer.Ordinal))}");
                foreach (var type in method.GetParameters().Select(static parameter => parameter.ParameterType).Append(ContractMessages.Result(method)))
                    Walk(type, names);
            }

        return [.. names];
    }

    /// <summary>What another release would miss: what is gone or has another form, and what must be there now in records that were without it.</summary>
    public static IEnumerable<string> Breaks(IReadOnlyList<string> recorded, IReadOnlyList<string> today)
    {
        HashSet<string> before = [.. recorded.Select(Known)], after = [.. today.Select(Known)];
        return recorded.Where(line => !after.Contains(Known(line))).Select(static line => $"gone: {line}")
            .Concat(today.Where(line => line.EndsWith(Needed, StringComparison.Ordinal) && !before.Contains(Known(line)) && before.Contains($"type {line.Split(' ')[1].Split(':')[0]}")).Select(static line => $"added, and needed: {line}"));
    }

    private static string Known(string line) => line.EndsWith(Needed, StringComparison.Ordinal) ? line[..^Needed.Length] : line;

    private static void Walk(Type type, SortedSet<string> names)
    {
        if (type.IsGenericType || type.IsArray)
        {
            foreach (var part in type.IsArray ? [type.GetElementType()!] : type.GetGenericArguments())
                Walk(part, names);
            return;
        }

        if (type.Assembly != typeof(IGrains).Assembly || !names.Add($"type {type.FullName}"))
            return;
        if (type.IsEnum)
        {
            foreach (var name in Enum.GetNames(type))
                names.Add($"value {type.FullName}.{name}={Convert.ToInt64(Enum.Parse(type, name))}");
            return;
        }

        var info = JsonSerializerOptions.Default.GetTypeInfo(type);
        foreach (var property in info.Properties)
        {
            names.Add($"property {type.FullName}::{property.Name} {Short(property.PropertyType)}{(IsNeeded(property) ? Needed : "")}");
            Walk(property.PropertyType, names);
        }

        foreach (var derived in info.PolymorphismOptions?.DerivedTypes ?? [])
        {
            names.Add($"case {type.FullName} {derived.TypeDiscriminator}={derived.DerivedType.Name}");
            Walk(derived.DerivedType, names);
        }
    }

    private static bool IsNeeded(JsonPropertyInfo property) => property.IsRequired || property.AssociatedParameter is { HasDefaultValue: false, IsNullable: false };

    private static string Short(Type type) => type.IsArray ? $"{Short(type.GetElementType()!)}[]"
        : type.IsGenericType ? $"{type.Name[..type.Name.IndexOf('`')]}<{string.Join(',', type.GetGenericArguments().Select(Short))}>"
        : type.Name;

    private static bool IsOurs(IReadOnlyDictionary<string, string> properties) => properties.TryGetValue("full-type-name", out var name) && name.StartsWith("Silo.Cluster.", StringComparison.Ordinal);

    // The names of classes are for readers of logs.
    private static bool IsRead(string property) => !property.Contains("type-name", StringComparison.Ordinal) && !property.StartsWith("diag.", StringComparison.Ordinal);
}

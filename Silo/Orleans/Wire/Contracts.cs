using System.Reflection;
using Grains.Interfaces;
using Orleans.Serialization;
using Orleans.Serialization.Cloning;
using Orleans.Serialization.Configuration;

namespace Silo.Cluster.Wire;

/// <summary>
/// How the contracts' records travel: as the JSON that they are tested with, on silos and clients alike. They are immutable, so that within
/// a process nothing is copied.
/// </summary>
internal static class Contracts
{
    public static void Add(IServiceCollection services, params IEnumerable<Assembly> more)
    {
        var own = new HashSet<Assembly>([typeof(IGrains).Assembly, .. more]);
        services.AddSerializer(serializer => serializer.AddJsonSerializer(type => IsRecord(type, own), isCopyable: null));
        services.AddSingleton<IGeneralizedCopier>(new SameInstance(own));
        services.Configure<TypeManifestOptions>(options =>
        {
            foreach (var assembly in own)
                options.AddAllowedAssembly(assembly);
        });
        services.Configure<ExceptionSerializationOptions>(static options =>
        {
            options.SupportedNamespacePrefixes.Add("Grains");
            options.SupportedNamespacePrefixes.Add("Ledger");
            options.SupportedNamespacePrefixes.Add("Silo");
        });
    }

    // Enums and exceptions have a way of Orleans' own.
    private static bool IsRecord(Type type, HashSet<Assembly> own) =>
        own.Contains(type.Assembly) && type is { IsEnum: false, IsInterface: false } && !typeof(Exception).IsAssignableFrom(type) && !typeof(IAddressable).IsAssignableFrom(type);

    private sealed class SameInstance(HashSet<Assembly> own) : IGeneralizedCopier
    {
        public bool IsSupportedType(Type type) => IsRecord(type, own);

        public object? DeepCopy(object? input, CopyContext context) => input;
    }
}

using System.Reflection;
using System.Text.Json;
using Grains.Interfaces;
using Grains.Interfaces.Checkout;
using Grains.Tests;
using Orleans.Serialization.Invocation;
using Silo.Cluster.Actors;

namespace Cluster.Tests.Recorded;

/// <summary>Every call of every actor with every sample that it can carry, every answer, and the failures that travel.</summary>
internal static class ContractMessages
{
    private static readonly Dictionary<(Type Actor, string Method), Type> Calls = typeof(IAccountGrainActor).Assembly.GetTypes()
        .Where(static type => typeof(IInvokable).IsAssignableFrom(type) && !type.IsAbstract)
        .SelectMany(static type => Create(type) is var call ? Actors().Where(call.GetInterfaceType().IsAssignableFrom).Select(actor => (Key: (actor, call.GetMethodName()), Type: type)) : [])
        .ToDictionary(static call => call.Key, static call => call.Type);

    private static readonly Exception[] Failures = [new GrainHostStopping(), new TimeoutException("The call's outcome is unknown.")];

    public static IEnumerable<Type> Actors() => typeof(IAccountGrainActor).Assembly.GetTypes()
        .Where(static type => type.IsInterface && type.Namespace == typeof(IAccountGrainActor).Namespace && typeof(IGrainWithStringKey).IsAssignableFrom(type));

    /// <summary>The methods of an actor's plain contract.</summary>
    public static IEnumerable<MethodInfo> Methods(Type actor) => actor.GetInterfaces().Where(static contract => contract.Assembly == typeof(IGrains).Assembly).SelectMany(static contract => contract.GetMethods());

    /// <summary>The class that carries a call, as Orleans generated it.</summary>
    public static Type Carrier(Type actor, MethodInfo method) => Calls[(actor, method.Name)];

    public static Type Result(MethodInfo method) => method.ReturnType.GetGenericArguments()[0];

    public static IEnumerable<(string Name, object Message)> All()
    {
        foreach (var actor in Actors())
            foreach (var method in Methods(actor))
            {
                var parameters = method.GetParameters();
                Assert.True(parameters.Length <= 1, $"{method.Name} has several parameters; its samples would have to be combined.");
                if (parameters.Length == 0)
                    yield return ($"{actor.Name}.{method.Name} asked", Create(Carrier(actor, method)));
                foreach (var (index, sample) in parameters.SelectMany(static parameter => Samples(parameter.ParameterType)).Index())
                {
                    var call = Create(Carrier(actor, method));
                    call.SetArgument(0, sample);
                    yield return ($"{actor.Name}.{method.Name} asked {index}", call);
                }

                foreach (var (index, sample) in Samples(Result(method)).Index())
                    yield return ($"{actor.Name}.{method.Name} answered {index}", Answer(Result(method), sample));
            }

        foreach (var failure in Failures)
            yield return ($"failed {failure.GetType().Name}", Response.FromException(failure));
    }

    private static IEnumerable<object> Samples(Type type) => ContractSamples.All.Where(type.IsInstanceOfType).Concat(type == typeof(MerchantRequest) ? EveryCommand() : []);

    // Merchants' commands have too many cases to be written out one by one.
    private static IEnumerable<object> EveryCommand()
    {
        var request = ContractSamples.All.OfType<MerchantRequest>().First();
        foreach (var derived in JsonSerializerOptions.Default.GetTypeInfo(typeof(MerchantCommand)).PolymorphismOptions!.DerivedTypes)
            yield return request with { Command = (MerchantCommand)FilledJson.Of(derived.DerivedType).Deserialize(derived.DerivedType)! };
    }

    private static IInvokable Create(Type carrier) => (IInvokable)Activator.CreateInstance(carrier, nonPublic: true)!;

    private static object Answer(Type result, object value) => typeof(Response).GetMethod(nameof(Response.FromResult))!.MakeGenericMethod(result).Invoke(null, [value])!;
}

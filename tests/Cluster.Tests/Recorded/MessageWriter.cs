using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans.Metadata;
using Orleans.Serialization;
using Orleans.Serialization.Invocation;
using Silo.Cluster;
using Silo.Cluster.Wire;

namespace Cluster.Tests.Recorded;

/// <summary>Writes and reads messages between the processes of a cluster, as a silo of this build does that is never started.</summary>
internal sealed class MessageWriter : IDisposable
{
    private readonly IHost host;
    private readonly Serializer serializer;

    /// <param name="change">How a silo of another release has the contracts' types.</param>
    public MessageWriter(Action<JsonTypeInfo>? change = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        using var grains = new ClusterGrains(new ClusterGrainsOptions(), TimeProvider.System);
        builder.Services.AddSingleton(grains);
        Contracts.Add(builder.Services);
        if (change is not null)
            builder.Services.Configure<JsonCodecOptions>(options => options.SerializerOptions = new JsonSerializerOptions { TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { change } } });
        builder.UseOrleans(silo => silo.UseLocalhostClustering().AddGrains(grains.Options));
        host = builder.Build();
        serializer = host.Services.GetRequiredService<Serializer>();
    }

    /// <summary>What the silo tells others of its grains and their interfaces.</summary>
    public GrainManifest Manifest => host.Services.GetRequiredService<IClusterManifestProvider>().LocalGrainManifest;

    /// <summary>A call or an answer, as its bytes in a message.</summary>
    public byte[] Write(object message) => serializer.SerializeToArray<object>(message);

    /// <summary>What such bytes say: the method and its arguments, or a result, or a failure.</summary>
    public JsonNode? Read(byte[] bytes) => Said(serializer.Deserialize<object>(bytes)!);

    /// <summary>As <see cref="Read"/>, of a message that was not written yet.</summary>
    public static JsonNode? Said(object message) => message switch
    {
        IInvokable call => new JsonObject
        {
            ["call"] = $"{call.GetInterfaceType().Name}.{call.GetMethodName()}",
            ["arguments"] = new JsonArray([.. Enumerable.Range(0, call.GetArgumentCount()).Select(call.GetArgument).Select(Json)]),
        },
        Response { Exception: { } exception } => new JsonObject { ["failed"] = exception.GetType().FullName, ["message"] = exception.Message },
        Response answer => new JsonObject { ["answered"] = Json(answer.Result) },
        _ => throw new InvalidOperationException($"{message.GetType()} is no message."),
    };

    public void Dispose() => host.Dispose();

    private static JsonNode? Json(object? value) => value is null ? null : JsonSerializer.SerializeToNode(value, value.GetType());
}

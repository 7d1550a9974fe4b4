using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using Grains.Interfaces.Accounts;
using Orleans.Serialization.Invocation;

namespace Cluster.Tests.Recorded;

/// <summary>
/// While a cluster is upgraded, processes of two releases talk to each other: each reads what the other writes. To record a release:
/// <c>PAYMENTS_RECORD_CONTRACTS=NAME dotnet test tests/Cluster.Tests -c Release --filter RecordedContractTests</c>.
/// </summary>
public sealed class RecordedContractTests
{
    public static TheoryData<string> Releases => [.. RecordedRelease.All];

    static RecordedContractTests()
    {
        if (Environment.GetEnvironmentVariable("PAYMENTS_RECORD_CONTRACTS") is { Length: > 0 } name)
            RecordedRelease.OfToday(name).Keep();
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void What_a_release_wrote_is_read_as_it_was_meant(string release)
    {
        using var reader = new MessageWriter();
        Assert.All(RecordedRelease.Read(release).Payloads, payload => Assert.Null(Payload.Difference(payload.Said, reader.Read(payload.Bytes))));
    }

    [Theory]
    [MemberData(nameof(Releases))]
    public void Nothing_that_a_release_named_is_gone_and_nothing_new_is_needed(string release) =>
        Assert.Empty(ContractNames.Breaks(RecordedRelease.Read(release).Names, RecordedRelease.OfToday("today").Names));

    [Fact]
    public void Everything_that_travels_is_recorded()
    {
        var recorded = RecordedRelease.All.Select(RecordedRelease.Read).ToList();
        var today = RecordedRelease.OfToday("today");
        const string How = "Record the coming release with PAYMENTS_RECORD_CONTRACTS: not recorded are";
        Assert.Equal((How, ""), (How, string.Join('\n', today.Payloads.Select(static payload => payload.Name).Except(recorded.SelectMany(static release => release.Payloads).Select(static payload => payload.Name)))));
        Assert.Equal((How, ""), (How, string.Join('\n', today.Names.Except(recorded.SelectMany(static release => release.Names)))));
    }

    [Fact]
    public void What_a_newer_release_adds_is_passed_over()
    {
        using var newer = new MessageWriter(static type =>
        {
            if (type.Kind != JsonTypeInfoKind.Object)
                return;
            var added = type.CreateJsonPropertyInfo(typeof(string), "AddedSince");
            added.Get = static _ => "what an older release never heard of";
            type.Properties.Add(added);
        });
        using var reader = new MessageWriter();
        Assert.All(ContractMessages.All(), message =>
        {
            var bytes = newer.Write(message.Message);
            Assert.True(message.Message is not IInvokable || MessageWriter.Said(message.Message)!["arguments"]!.AsArray().All(static argument => argument is not JsonObject) || Contains(bytes, "AddedSince"), message.Name);
            Assert.Equal(MessageWriter.Said(message.Message)?.ToJsonString(), reader.Read(bytes)?.ToJsonString());
        });
    }

    [Fact]
    public void What_an_older_release_did_not_have_is_left_out()
    {
        using var older = new MessageWriter(static type =>
        {
            // What is computed of the others would say something else without them.
            if (type.Properties.Any(static property => property is { Set: null, AssociatedParameter: null }))
                return;
            foreach (var property in type.Properties.Where(static property => property is { IsRequired: false, AssociatedParameter: null } && IsNullable(property)).ToList())
                type.Properties.Remove(property);
        });
        using var reader = new MessageWriter();
        var shorter = 0;
        Assert.All(ContractMessages.All(), message =>
        {
            var read = reader.Read(older.Write(message.Message));
            // What was left out is at its default, and all else is as it was: the shorter one is wholly in the longer one.
            Assert.Null(Payload.Difference(WithoutDefaults(read), MessageWriter.Said(message.Message)));
            if (read?.ToJsonString() != MessageWriter.Said(message.Message)?.ToJsonString())
                shorter++;
        });
        Assert.True(shorter > 20, $"Only {shorter} messages were shorter.");
    }

    [Fact]
    public void An_outcome_that_only_a_newer_release_knows_arrives_as_its_number()
    {
        using var writer = new MessageWriter();
        Assert.Equal(99, writer.Read(writer.Write(Response.FromResult(new SubmitAnswer((SubmitOutcome)99))))!["answered"]!["Outcome"]!.GetValue<int>());
    }

    [Fact]
    public void A_command_that_only_a_newer_release_knows_is_refused_and_not_taken_for_another()
    {
        using var newer = new MessageWriter(static type =>
        {
            if (type.PolymorphismOptions is not { } cases)
                return;
            foreach (var (index, derived) in cases.DerivedTypes.ToList().Index())
                cases.DerivedTypes[index] = new JsonDerivedType(derived.DerivedType, $"newer_{derived.TypeDiscriminator}");
        });
        using var reader = new MessageWriter();
        var asked = ContractMessages.All().Where(static message => message.Name.StartsWith("IMerchantGrainActor.Run asked", StringComparison.Ordinal)).ToList();
        Assert.True(asked.Count > 20);
        Assert.All(asked, message => Assert.Throws<JsonException>(() => reader.Read(newer.Write(message.Message))));
    }

    [Theory]
    [InlineData("call IAccountGrainActor.Submit = ", "call IAccountGrainActor.SubmitOne = ", "gone: call IAccountGrainActor.SubmitOne")]
    [InlineData("interface payments.account", "interface payments.accounts", "gone: interface payments.accounts")]
    [InlineData("grain account ", "grain accounts ", "gone: grain accounts")]
    [InlineData("value Grains.Interfaces.Accounts.SubmitOutcome.Recorded=", "value Grains.Interfaces.Accounts.SubmitOutcome.Recorded=9", "gone: value Grains.Interfaces.Accounts.SubmitOutcome.Recorded=9")]
    [InlineData("case Grains.Interfaces.Checkout.MerchantCommand create_intent", "case Grains.Interfaces.Checkout.MerchantCommand make_intent", "gone: case Grains.Interfaces.Checkout.MerchantCommand make_intent")]
    [InlineData("property Grains.Interfaces.Accounts.SubmitAnswer::Outcome", null, "added, and needed: property Grains.Interfaces.Accounts.SubmitAnswer::Outcome")]
    [InlineData("property Grains.Interfaces.Accounts.SubmitAnswer::Payment", null, null)]
    public void What_would_break_a_cluster_of_two_releases_is_found(string today, string? before, string? found)
    {
        var names = RecordedRelease.OfToday("today").Names;
        Assert.Contains(names, line => line.StartsWith(today, StringComparison.Ordinal));
        var recorded = names.Where(line => before is not null || !line.StartsWith(today, StringComparison.Ordinal)).Select(line => line.StartsWith(today, StringComparison.Ordinal) ? before + line[today.Length..] : line).ToList();
        var breaks = ContractNames.Breaks(recorded, names).ToList();
        if (found is null)
            Assert.Empty(breaks);
        else
            Assert.All(breaks, line => Assert.StartsWith(found, line, StringComparison.Ordinal));
        Assert.Equal(found is null, breaks.Count == 0);
    }

    private static bool IsNullable(JsonPropertyInfo property) => property.PropertyType.IsValueType ? Nullable.GetUnderlyingType(property.PropertyType) is not null : property.IsSetNullable;

    private static bool Contains(byte[] bytes, string text) => bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text)) >= 0;

    private static JsonNode? WithoutDefaults(JsonNode? node) => node switch
    {
        JsonObject value => new JsonObject(value.Where(static pair => !IsDefault(pair.Value)).Select(static pair => KeyValuePair.Create(pair.Key, WithoutDefaults(pair.Value)))),
        JsonArray list => new JsonArray([.. list.Select(WithoutDefaults)]),
        _ => node?.DeepClone(),
    };

    private static bool IsDefault(JsonNode? value) => value is null or JsonArray { Count: 0 } || (value is JsonObject parts && parts.All(static part => IsDefault(part.Value)))
        || value is JsonValue && value.ToJsonString() is "0" or "false" or "\"\"" or "\"0001-01-01T00:00:00+00:00\"" or "\"00000000-0000-0000-0000-000000000000\"";
}

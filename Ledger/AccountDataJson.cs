using System.Text.Json.Serialization;
using Grains.Interfaces.Accounts;

namespace Ledger;

/// <summary>An account event's data: the account as the event left it, without its name (that is sealed).</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AccountSnapshot))]
[JsonSerializable(typeof(AccountLimits))]
public sealed partial class AccountDataJson : JsonSerializerContext;

using System.Reflection;
using System.Text.Json;
using Grains.Interfaces;

namespace Grains.Tests;

/// <summary>Contracts travel: every parameter and result of every grain contract is a record that JSON carries unchanged.</summary>
public sealed class ContractRoundTripTests
{
    [Fact]
    public void Every_type_of_every_contract_has_a_sample()
    {
        var contracts = typeof(IGrains).Assembly.GetTypes().Where(static type => type.IsInterface && type != typeof(IGrains));
        var types = contracts.SelectMany(static contract => contract.GetMethods()).SelectMany(static method => method.GetParameters().Select(static parameter => parameter.ParameterType).Append(Result(method)));
        Assert.All(types.Distinct(), static type => Assert.Contains(ContractSamples.All, sample => type.IsInstanceOfType(sample)));
    }

    [Fact]
    public void Every_sample_comes_back_from_JSON_as_it_went()
    {
        foreach (var sample in ContractSamples.All)
        {
            var json = JsonSerializer.Serialize(sample, sample.GetType());
            var back = JsonSerializer.Deserialize(json, sample.GetType());
            Assert.Equal(json, JsonSerializer.Serialize(back, sample.GetType()));
            Assert.Equivalent(sample, back, strict: true);
        }
    }

    private static Type Result(MethodInfo method)
    {
        var result = method.ReturnType;
        Assert.True(result.IsGenericType && (result.GetGenericTypeDefinition() == typeof(Task<>) || result.GetGenericTypeDefinition() == typeof(ValueTask<>)), $"{method.Name} returns {result}");
        return result.GetGenericArguments()[0];
    }
}

using Gateway.Checkout;

namespace Gateway.Tests;

/// <summary>Digests of requests stand in ledgers, keyed: they are what they were, or a retry is taken for another request.</summary>
public sealed class RequestDigestTests
{
    [Fact]
    public void Parameters_go_by_name_and_those_of_one_name_in_their_order()
    {
        KeyValuePair<string, string>[] pairs = [new("metadata[ort]", "Zürich"), new("expand[]", "b"), new("amount", "2000"), new("expand[]", "a")];
        Assert.Equal("c8de9cb5331f665d8b38b3a62899ec6d", RequestDigest.Of("POST", "/v1/payment_intents", pairs));
        Assert.Equal("expand[]", pairs[1].Key);
        Assert.NotEqual(RequestDigest.Of("POST", "/v1/payment_intents", pairs), RequestDigest.Of("POST", "/v1/payment_intents", [pairs[0], pairs[3], pairs[2], pairs[1]]));
    }

    [Fact]
    public void A_request_may_have_no_parameters_or_many()
    {
        Assert.Equal("36ada4906342023f082181986082a0cb", RequestDigest.Of("POST", "/v1/payment_intents/pi_1/capture", []));
        var many = Enumerable.Range(0, 40).Select(static i => new KeyValuePair<string, string>($"k{i % 20:00}", i < 20 ? "x" : "y"));
        Assert.Equal("2dbd9bce5488ca24b298ab03906d1946", RequestDigest.Of("POST", "/v1/customers", many));
    }

    [Fact]
    public void A_text_has_the_digest_of_its_bytes() => Assert.Equal("bf74ae6e53b4e644d398a3cf9b256c4c", RequestDigest.Of("ab\nfp"));
}

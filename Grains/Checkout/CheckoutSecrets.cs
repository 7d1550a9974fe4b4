using System.Buffers.Binary;
using System.Security.Cryptography;
using Ledger.Sealing;

namespace Grains.Checkout;

/// <summary>
/// Secrets that follow from an object's number under a key of this installation: nobody else can make them, and a decision that is
/// made again makes the same ones.
/// </summary>
internal sealed class CheckoutSecrets(MasterKey masterKey)
{
    private const string Letters = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    private const int ClientLength = 25;
    private const int EndpointLength = 32;

    private readonly byte[] clientKey = masterKey.Derive("client secrets");
    private readonly byte[] endpointKey = masterKey.Derive("endpoint secrets");

    /// <summary>What a browser shows to act on one intent.</summary>
    public string Client(string id, long number) => $"{id}_secret_{Text(clientKey, number, 0, ClientLength)}";

    /// <summary>What an endpoint's deliveries are signed with.</summary>
    public string Endpoint(long number, long generation) => "whsec_" + Text(endpointKey, number, generation, EndpointLength);

    private static string Text(byte[] key, long number, long generation, int length)
    {
        Span<byte> input = stackalloc byte[16];
        BinaryPrimitives.WriteInt64BigEndian(input, number);
        BinaryPrimitives.WriteInt64BigEndian(input[8..], generation);
        var hash = HMACSHA256.HashData(key, input);
        return string.Create(length, hash, static (text, hash) =>
        {
            for (var i = 0; i < text.Length; i++)
                text[i] = Letters[hash[i % hash.Length] % Letters.Length];
        });
    }
}

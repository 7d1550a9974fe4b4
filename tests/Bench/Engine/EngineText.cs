namespace Bench.Engine;

/// <summary>The personal fields that every measured payment carries.</summary>
internal static class EngineText
{
    public const string RemittanceInfo = "Invoice 12345";
    public const string DeviceId = "device-0123456789";
}

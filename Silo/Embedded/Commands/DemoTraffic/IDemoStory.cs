namespace Silo.Embedded.Commands.DemoTraffic;

/// <summary>What demo traffic tells, request by request; several may ask at a time.</summary>
internal interface IDemoStory
{
    DemoRequest Next();

    /// <summary>Remembers a settled payment for later repeats and returns.</summary>
    void Settled(DemoRequest request, string id);
}

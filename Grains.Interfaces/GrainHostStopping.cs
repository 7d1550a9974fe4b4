using System.Diagnostics.CodeAnalysis;

namespace Grains.Interfaces;

/// <summary>
/// The host of the grain is going down and takes no new calls. The call was not started: certainly nothing was recorded.
/// </summary>
[SuppressMessage("Naming", "CA1710", Justification = "Like a reason, it is named as the sentence it says.")]
public sealed class GrainHostStopping : Exception
{
    public GrainHostStopping()
        : base("The grain host is stopping and takes no new calls.")
    {
    }
}

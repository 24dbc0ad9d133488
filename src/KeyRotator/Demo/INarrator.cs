using KeyRotator.Keys;

namespace KeyRotator.Demo;

/// <summary>Tells what happens.</summary>
internal interface INarrator
{
    /// <summary>Begins an act.</summary>
    void Act(string title);

    /// <summary>A line of what was seen. Safe from any thread.</summary>
    void Line(string text);

    /// <summary>A step that was recorded, with its time.</summary>
    void Step(RotationEvent step);

    /// <summary>A paragraph, and time to read it.</summary>
    Task SayAsync(string text, CancellationToken cancellationToken);

    /// <summary>An alert that arrived, and time to read it.</summary>
    Task AlertAsync(DemoAlert alert, CancellationToken cancellationToken);
}

using KeyRotator.Keys;

namespace KeyRotator.State;

/// <summary>What happened in each rotation, step by step: the story that an operator reads.</summary>
internal static class RotationEventTable
{
    /// <summary>Adds what happened.</summary>
    public static Task AddAsync(
        StateTransaction transaction, long rotation, RotationEvent told, CancellationToken cancellationToken) => transaction
        .Prepare("INSERT INTO rotation_event (rotation_id, at, actor, what) VALUES (@rotation, @at, @actor, @what)")
        .Set("@rotation", rotation)
        .Set("@at", told.At)
        .Set("@actor", told.Actor)
        .Set("@what", told.What)
        .ExecuteAsync(cancellationToken);

    /// <summary>All of one rotation, oldest first.</summary>
    public static async Task<IReadOnlyList<RotationEvent>> OfAsync(
        StateTransaction transaction, long rotation, CancellationToken cancellationToken) => await transaction
        .Prepare("SELECT at, actor, what FROM rotation_event WHERE rotation_id = @rotation ORDER BY id")
        .Set("@rotation", rotation)
        .ReadAsync(row => new RotationEvent(row.Time(), row.Text(), row.Text()), cancellationToken);
}

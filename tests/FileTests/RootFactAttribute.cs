namespace Lathe.FileTests;

/// <summary>A test that mounts a file system of its own, which takes the rights of root.</summary>
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (Environment.UserName != "root") Skip = "needs root, to mount a small file system";
    }
}

"""What networks are built of: ready-made backbones, and layers in words."""

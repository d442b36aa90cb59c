"""`export --to gif`, webp or apng: an animation of a run."""

from explorer.cli.arguments import class_number
from explorer.errors import UserError


def export_animation(args) -> None:
    """Write what --animate says, and print the size of the file."""
    from explorer.export.animation import animate, ends_at_images
    from explorer.store.atomic import write_atomically
    from explorer.store.catalogue import find_run

    run = find_run(args.run)
    if args.images is not None and args.animate not in (None, "path"):
        raise UserError("Images are the ends of a path. Leave out --images, or add --animate path.")
    movement = "path" if args.images is not None else args.animate
    ends = ends_at_images(run, args.images, args.beta) if args.images is not None else None
    content = animate(
        run, movement, args.to, args.seconds, ends, args.beta, class_number(run, args.class_name)
    )
    write_atomically(args.out, content)
    print(f"{args.out}, {len(content) / 1e6:.2f} MB")

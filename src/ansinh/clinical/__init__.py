"""What is known about one person and done for them: registry, encounters, wards, rehabilitation, screening, work list.

`registry` is the lowest app of the room: the others read a person through its queries. It knows none of them;
the person page reads the live views, to which every app writes through the repository.
"""

"""An aiogram bot inside chat actors: its dispatcher, its session, its storage, unmodified as far as its code
can tell.
"""

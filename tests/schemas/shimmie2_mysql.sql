-- Shimmie2's tables as far as search needs them, for MySQL and MariaDB. Statements stand apart by an empty line.
-- Extensions: media, comment, alias_editor (always on), rating, numeric_score, favorites, relationships, trash, approval, notes,
-- pools, report_image, tag_categories.

CREATE TABLE users (
    id integer PRIMARY KEY auto_increment,
    name varchar(32) UNIQUE NOT NULL,
    pass varchar(250),
    joindate timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    class varchar(32) NOT NULL DEFAULT 'user',
    email varchar(128)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

CREATE INDEX users_name_idx ON users (name);

CREATE TABLE images (
    id integer PRIMARY KEY auto_increment,
    owner_id integer NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    owner_ip varchar(45) NOT NULL,
    filename varchar(255) NOT NULL,
    filesize integer NOT NULL,
    hash char(32) UNIQUE NOT NULL,
    ext char(4) NOT NULL,
    source varchar(255),
    width integer NOT NULL,
    height integer NOT NULL,
    posted timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    locked boolean NOT NULL DEFAULT FALSE,
    video boolean,
    audio boolean,
    length integer,
    mime varchar(512),
    rating char(1) NOT NULL DEFAULT '?',
    numeric_score integer NOT NULL DEFAULT 0,
    favorites integer NOT NULL DEFAULT 0,
    parent_id integer,
    has_children boolean NOT NULL DEFAULT FALSE,
    trash boolean NOT NULL DEFAULT FALSE,
    approved boolean NOT NULL DEFAULT FALSE,
    approved_by_id integer,
    notes integer NOT NULL DEFAULT 0
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

CREATE INDEX images_owner_id_idx ON images (owner_id);

CREATE INDEX images_width_idx ON images (width);

CREATE INDEX images_height_idx ON images (height);

CREATE INDEX images_hash_idx ON images (hash);

CREATE INDEX images_ext_idx ON images (ext);

CREATE INDEX images_length_idx ON images (length);

CREATE INDEX images_mime_idx ON images (mime);

CREATE INDEX images__rating ON images (rating);

CREATE INDEX images__numeric_score ON images (numeric_score);

CREATE INDEX images__favorites ON images (favorites);

CREATE INDEX images__parent_id ON images (parent_id);

CREATE INDEX images__has_children ON images (has_children);

CREATE INDEX images_trash_idx ON images (trash);

CREATE INDEX images_approved_idx ON images (approved);

CREATE TABLE tags (
    id integer PRIMARY KEY auto_increment,
    tag varchar(255) UNIQUE NOT NULL,
    count integer NOT NULL DEFAULT 0
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

CREATE INDEX tags_tag_idx ON tags (tag);

CREATE TABLE image_tags (
    image_id integer NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    tag_id integer NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
    UNIQUE (image_id, tag_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

CREATE INDEX images_tags_image_id_idx ON image_tags (image_id);

CREATE INDEX images_tags_tag_id_idx ON image_tags (tag_id);

CREATE UNIQUE INDEX image_tags_tag_id_image_id_idx ON image_tags (tag_id, image_id);

CREATE TABLE aliases (
    oldtag varchar(255) PRIMARY KEY,
    newtag varchar(255) NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

CREATE INDEX aliases_newtag_idx ON aliases (newtag);

CREATE TABLE numeric_score_votes (
    image_id integer NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    score integer NOT NULL,
    UNIQUE (image_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

CREATE INDEX numeric_score_votes_image_id_idx ON numeric_score_votes (image_id);

CREATE INDEX numeric_score_votes__user_votes ON numeric_score_votes (user_id, score);

CREATE TABLE user_favorites (
    image_id integer NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    UNIQUE (image_id, user_id)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

CREATE INDEX user_favorites_image_id_idx ON user_favorites (image_id);

CREATE TABLE pools (
    id integer PRIMARY KEY auto_increment,
    user_id integer NOT NULL,
    public boolean NOT NULL DEFAULT FALSE,
    title varchar(255) NOT NULL UNIQUE,
    description text,
    date timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    lastupdated timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    posts integer NOT NULL DEFAULT 0
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

CREATE TABLE pool_images (
    pool_id integer NOT NULL REFERENCES pools (id) ON DELETE CASCADE,
    image_id integer NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    image_order integer NOT NULL DEFAULT 0
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

CREATE TABLE comments (
    id integer PRIMARY KEY auto_increment,
    image_id integer NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    owner_id integer NOT NULL REFERENCES users (id) ON DELETE RESTRICT,
    owner_ip varchar(45) NOT NULL,
    posted timestamp NULL DEFAULT CURRENT_TIMESTAMP,
    comment text NOT NULL,
    edited boolean NOT NULL DEFAULT FALSE
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

CREATE INDEX comments_image_id_idx ON comments (image_id);

CREATE INDEX comments_owner_id_idx ON comments (owner_id);

CREATE INDEX comments_posted_idx ON comments (posted);

CREATE TABLE notes (
    id integer PRIMARY KEY auto_increment,
    enable integer NOT NULL,
    image_id integer NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    user_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    user_ip char(15) NOT NULL,
    date timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP,
    x1 integer NOT NULL,
    y1 integer NOT NULL,
    height integer NOT NULL,
    width integer NOT NULL,
    note text NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

CREATE INDEX notes_image_id_idx ON notes (image_id);

CREATE TABLE image_reports (
    id integer PRIMARY KEY auto_increment,
    image_id integer NOT NULL REFERENCES images (id) ON DELETE CASCADE,
    reporter_id integer NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    reason text NOT NULL
) ENGINE=InnoDB DEFAULT CHARSET=utf8;

CREATE TABLE image_tag_categories (
    category varchar(60) PRIMARY KEY,
    display_singular varchar(60),
    display_multiple varchar(60),
    color varchar(7)
) ENGINE=InnoDB DEFAULT CHARSET=utf8;
